package dev.fetchwell.policy;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Where a client's bearer token comes from. Immutable; the token lives in the client, and a copy of
 * the client has one of its own.
 *
 * <p>It is asked when a call first needs a token, once for all calls that wait for it; one that is
 * cancelled leaves the fetch to the others, and the last one that leaves cancels it. It is asked
 * again, while calls go on with the token that they have, when a tenth of that one's life is left,
 * or 30 s if they are more, but not in the first half of its life. And it is asked once for a call
 * that a server answers with 401: the call goes again with the new token, or with one that came
 * meanwhile.
 *
 * <p>What it throws, or its future fails with, or that this takes more than 30 s, ends the calls
 * that wait, each with a {@code TokenError}. The calls of the next second wait for its end, and
 * then it is asked again; so it is with a token that is refused within a second of its coming in
 * place of a refused one. A token that had expired when it came is sent by the calls that waited
 * for it, and by no other.
 *
 * <p>It runs on a call's thread. It may use a client without a token, or the same one by requests
 * with an {@code Authorization} of their own, such as {@code basicAuth}; its other calls to the
 * same client would wait for it, and are refused, or end at their deadline.
 *
 * <pre>{@code
 * TokenSource source =
 *     TokenSource.of(
 *         () ->
 *             login.post("/token")
 *                 .basicAuth(id, secret)
 *                 .form(Map.of("grant_type", "client_credentials"))
 *                 .asJson(Answer.class)
 *                 .thenApply(it -> new Token(it.value(), Instant.now().plusSeconds(it.expiresIn()))));
 * AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(url).bearer(source).build();
 * }</pre>
 */
public final class TokenSource {

  private final Supplier<CompletableFuture<Token>> supplier;

  private TokenSource(Supplier<CompletableFuture<Token>> supplier) {
    this.supplier = supplier;
  }

  /**
   * A source that a function stands for.
   *
   * @param supplier fetches a token; must not block. What it throws, or its future fails with, ends
   *     the calls that wait for the token
   */
  public static TokenSource of(Supplier<CompletableFuture<Token>> supplier) {
    return new TokenSource(Objects.requireNonNull(supplier, "supplier"));
  }

  /** Fetches a token. */
  public CompletableFuture<Token> fetch() {
    return Objects.requireNonNull(supplier.get(), "the future of a token");
  }

  @Override
  public String toString() {
    return "TokenSource[***]";
  }
}
