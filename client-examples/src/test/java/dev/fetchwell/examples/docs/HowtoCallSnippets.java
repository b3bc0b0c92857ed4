package dev.fetchwell.examples.docs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RequestFilter;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.stream.EventStream;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.json.JsonMapper;

/** The Java blocks of docs/howto.md about what a call says, and to whom. */
final class HowtoCallSnippets {

  private HowtoCallSnippets() {}

  static AsyncHttpClient refreshed(
      AsyncHttpClient login, String tokenUrl, String clientId, String refreshToken, String apiUrl) {
    // region: howto-token
    AtomicReference<String> refresh = new AtomicReference<>(refreshToken);
    TokenSource tokens =
        TokenSource.of(
            () ->
                login
                    .post(tokenUrl)
                    .form(
                        Map.of(
                            "grant_type",
                            "refresh_token",
                            "client_id",
                            clientId,
                            "refresh_token",
                            refresh.get()))
                    .asJson()
                    .thenApply(
                        answer -> {
                          refresh.set(answer.path("refresh_token").asString(refresh.get()));
                          long seconds = answer.path("expires_in").asLong(300);
                          return new Token(
                              answer.path("access_token").asString(""),
                              Instant.now().plusSeconds(seconds));
                        }));
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).bearer(tokens).build();
    // endregion
    return client;
  }

  static AsyncHttpClient signed(byte[] key, String apiUrl) {
    // region: howto-signing
    RequestFilter sign =
        (request, attempt) -> {
          String time = Instant.now().toString();
          String first = request.method() + "\n" + request.url().getRawPath() + "\n" + time + "\n";
          byte[] body = request.body().flatMap(RequestBody::bytes).orElse(new byte[0]);
          try {
            Mac mac = Mac.getInstance("HmacSHA256"); // one for each attempt: it is not thread-safe
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(first.getBytes(UTF_8));
            String signature = HexFormat.of().formatHex(mac.doFinal(body));
            return CompletableFuture.completedFuture(
                request.withHeader("X-Time", time).withSecretHeader("X-Signature", signature));
          } catch (GeneralSecurityException e) {
            return CompletableFuture.failedFuture(e);
          }
        };
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).filter(sign).build();
    // endregion
    return client;
  }

  static List<AsyncHttpClient> apis(
      String usersUrl, TokenSource userTokens, String paymentsUrl, String paymentsKey) {
    // region: howto-apis
    AsyncHttpClient base =
        AsyncHttpClient.builder().userAgent("shop/2.1").timeout(Duration.ofSeconds(10)).build();

    AsyncHttpClient users =
        base.toBuilder().baseUrl(usersUrl).bearer(userTokens).maxConcurrency(100).build();

    AsyncHttpClient payments =
        base.toBuilder()
            .baseUrl(paymentsUrl)
            .secretHeader("X-Api-Key", paymentsKey)
            .maxConcurrency(10)
            .rateLimit(RateLimit.perSecond(20))
            .build();
    // endregion
    return List.of(base, users, payments);
  }

  static CompletableFuture<Long> chat(
      AsyncHttpClient client, String apiKey, String question, Consumer<String> print) {
    // region: howto-chat
    JsonMapper json = new JsonMapper();
    CompletableFuture<Long> answer =
        EventStream.from(
                client
                    .post("/v1/chat/completions")
                    .bearer(apiKey)
                    .timeout(Duration.ofMinutes(2)) // until the answer begins
                    .attemptTimeout(Duration.ofMinutes(2))
                    .idleTimeout(Duration.ofMinutes(1)) // between its pieces
                    .json(
                        Map.of(
                            "model",
                            "small",
                            "stream",
                            true,
                            "messages",
                            List.of(Map.of("role", "user", "content", question)))))
            .once()
            .until(event -> event.data().equals("[DONE]"))
            .forEach(
                event ->
                    print.accept(
                        json.readTree(event.data()).at("/choices/0/delta/content").asString("")));
    // endregion
    return answer;
  }
}
