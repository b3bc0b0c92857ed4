package dev.fetchwell.policy;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Where a client's bearer token comes from. Immutable; the token lives in the client, which fetches
 * it once for all calls that wait for it, and again before it expires.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().bearer(TokenSource.of(() -> login.fetchToken())).build();
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
