package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The Java blocks of docs/resilience.md. */
@SuppressWarnings("FutureReturnValueIgnored") // Pages show what programs write.
final class ResilienceSnippets {

  private ResilienceSnippets() {}

  static AsyncHttpClient breaker(String apiUrl, Consumer<String> log) {
    // region: breaker
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .circuitBreaker(
                CircuitBreakerPolicy.builder()
                    .failureRate(0.3) // of the last 100 attempts to a host
                    .openFor(Duration.ofSeconds(10)) // then 5 trials
                    .slowCalls(Duration.ofSeconds(2), 0.8) // slow is as bad as failed
                    .build())
            .build();

    client
        .getString("/report")
        .whenComplete(
            (report, thrown) -> {
              if (thrown != null && FetchError.of(thrown) instanceof CircuitOpenError open) {
                log.accept("call again in " + open.retryAfter());
              }
            });
    // endregion
    return client;
  }

  static AsyncHttpClient pace(String apiUrl, Consumer<String> log) {
    // region: pace
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .rateLimitPerHost(RateLimit.perSecond(50).burst(10)) // evenly spread
            .coolDown(CoolDown.perHost()) // a Retry-After counts for all calls
            .build();

    client
        .getString("/report")
        .whenComplete(
            (report, thrown) -> {
              if (thrown != null
                  && FetchError.of(thrown) instanceof RateLimitExceededError limited) {
                log.accept("call again in " + limited.retryAfter());
              }
            });
    // endregion
    return client;
  }

  static AsyncHttpClient hedge(String apiUrl) {
    // region: hedge
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .hedge(HedgePolicy.atPercentile(0.95).budget(0.05))
            .build();

    CompletableFuture<String> user = client.get("/users/{id}", 7).tag("user").asString();
    CompletableFuture<String> report =
        client.get("/reports/yearly").hedge(HedgePolicy.none()).asString();
    // endregion
    user.cancel(false);
    report.cancel(false);
    return client;
  }

  static AsyncHttpClient adaptive(String apiUrl) {
    // region: adaptive
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .maxConcurrencyPerHost(128)
            .adaptiveLimit(AdaptiveLimit.between(4, 128))
            .build();

    Map<String, Integer> limits = client.stats().resilience().limits(); // {api.example.com=37}
    // endregion
    limits.clear();
    return client;
  }

  static long flight(String apiUrl) {
    // region: flight
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).singleFlight(true).build();

    List<CompletableFuture<String>> calls =
        Stream.generate(() -> client.getString("/prices")).limit(100).toList();
    calls.get(0).cancel(true); // leaves; the other 99 notice nothing

    long shared = client.stats().resilience().joined(); // 99, by one request
    // endregion
    return shared;
  }

  static AsyncHttpClient prepared(
      String apiUrl, Supplier<String> requestId, BiFunction<URI, byte[], String> sign) {
    // region: prepared
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .baseUrl(apiUrl)
            .deadlineHeader("X-Timeout-Ms")
            .beforeCall(request -> request.header("X-Request-Id", requestId.get()))
            .filter(
                (request, attempt) -> {
                  byte[] body = request.body().flatMap(RequestBody::bytes).orElse(new byte[0]);
                  return CompletableFuture.completedFuture(
                      request.withSecretHeader("X-Signature", sign.apply(request.url(), body)));
                })
            .build();
    // endregion
    return client;
  }

  static AsyncHttpClient tokens(
      String apiUrl, String tokenUrl, AsyncHttpClient login, String id, String secret) {
    // region: tokens
    TokenSource tokens =
        TokenSource.of(
            () ->
                login
                    .post(tokenUrl)
                    .basicAuth(id, secret)
                    .form(Map.of("grant_type", "client_credentials"))
                    .asJson()
                    .thenApply(
                        answer ->
                            new Token(
                                answer.path("access_token").asString(""),
                                Instant.now().plusSeconds(answer.path("expires_in").asLong(300)))));
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).bearer(tokens).build();
    // endregion
    return client;
  }

  static void guard(String urlOfAStranger, Object event, Consumer<String> log) {
    // region: guard
    AsyncHttpClient hooks =
        AsyncHttpClient.builder()
            .addressGuard(AddressGuard.publicOnly().allow("10.1.0.0/16").deny("10.1.9.0/24"))
            .build();

    hooks
        .post(urlOfAStranger)
        .json(event)
        .asResponse()
        .whenComplete(
            (response, thrown) -> {
              if (thrown != null && FetchError.of(thrown) instanceof AddressBlockedError blocked) {
                log.accept("a web hook leads inside: " + blocked.getMessage());
              }
            });
    // endregion
  }
}
