package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FileError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShownAndFoldedTest {

  private static final CallFacts FACTS = new CallFacts("GET", "u", 1, Duration.ZERO, true);
  private final FetchError error = new ClientClosedError(FACTS);
  private final Outcome<String> success = new Outcome.Success<>("v");
  private final Outcome<String> failure = new Outcome.Failure<>(error);

  @Test
  void outcomeGivesItsErrorAndRecoversAndFolds() {
    assertThat(success.failure()).isEmpty();
    assertThat(failure.failure()).containsSame(error);
    assertThat(success.recover(FetchError::method)).isEqualTo("v");
    assertThat(failure.recover(FetchError::method)).isEqualTo("GET");
    assertThat(success.<Integer>fold(String::length, FetchError::attempts)).isEqualTo(1);
    assertThat(failure.<String>fold(value -> value, thrown -> "instead")).isEqualTo("instead");
  }

  @Test
  void queryLeavesNullOutAndSetQueryReplaces() {
    try (AsyncHttpClient client = new FakeServer().client().build()) {
      RequestSpec spec =
          client.get("https://h/?z=0").query("a", 1).query("b", null).query("a", 2).query("c", 3);
      assertThat(url(spec)).isEqualTo("https://h/?z=0&a=1&a=2&c=3");
      assertThat(url(spec.copy().setQuery("a", 9))).isEqualTo("https://h/?z=0&c=3&a=9");
      assertThat(url(spec.setQuery("a", null))).isEqualTo("https://h/?z=0&c=3");
    }
  }

  @Test
  void setQueryReplacesWhatStandsInTheUrl() {
    try (AsyncHttpClient client = new FakeServer().client().build()) {
      RequestSpec spec = client.get("https://h/p?page=1&a%20b=2&%zz&page#end");
      assertThat(url(spec.copy().setQuery("page", 2)))
          .isEqualTo("https://h/p?a%20b=2&%25zz&page=2#end");
      assertThat(url(spec.copy().setQuery("a b", 3)))
          .isEqualTo("https://h/p?page=1&%25zz&page&a%20b=3#end");
      assertThat(url(spec.copy().setQuery("new", 4).copy()))
          .isEqualTo("https://h/p?page=1&a%20b=2&%25zz&page&new=4#end");
      assertThat(url(client.get("https://h/p?page=1#end").setQuery("page", null)))
          .isEqualTo("https://h/p#end");
    }
  }

  private static String url(RequestSpec spec) {
    return spec.toRequest().orElseThrow().url().toString();
  }

  @Test
  void specAndClientShowNoSecret() {
    try (AsyncHttpClient client =
        new FakeServer()
            .client()
            .baseUrl("https://user:hidden@h/v2")
            .secretHeader("X-Key", "hidden")
            .retry(RetryPolicy.none())
            .build()) {
      assertThat(client)
          .hasToString(
              "AsyncHttpClient[baseUrl=https://h/v2, timeout=PT30S, attemptTimeout=PT10S,"
                  + " maxConcurrency=256, maxConcurrencyPerHost=64, maxQueued=10000,"
                  + " retry=RetryPolicy[1 attempt]]");
      RequestSpec spec =
          client
              .post("https://me:hidden@h/{id}?key=hidden", "hidden")
              .query("token", "hidden")
              .bearer("hidden")
              .header("X-One", "hidden")
              .json(Map.of("a", "hidden"));
      assertThat(spec.toString())
          .startsWith("POST https://***@h/")
          .endsWith("?key=*** [Authorization, X-One]")
          .doesNotContain("hidden");
    }
  }

  @Test
  void policyReads() {
    assertThat(RetryPolicy.standard())
        .hasToString(
            "RetryPolicy[3 attempts, backoff exponential PT0.1S up to PT10S with full jitter,"
                + " Retry-After up to PT1M, budget RetryBudget[perSuccess=0.2, perSecond=3.0,"
                + " capacity=100]]");
    assertThat(
            RetryPolicy.builder()
                .retryOnStatus(503, 429)
                .retryIf(error -> true)
                .retryNonIdempotent(true)
                .backoff(Backoff.fixed(Duration.ZERO))
                .budget(RetryBudget.unlimited())
                .build())
        .hasToString(
            "RetryPolicy[3 attempts, on [429, 503] or if a condition, any method, backoff fixed"
                + " PT0S, Retry-After up to PT1M, budget unlimited]");
  }

  /** From a package that is not theirs, as a user's test would. */
  @Test
  void everyErrorCanBeMadeByATest() {
    List<FetchError> made =
        List.of(
            status(404),
            status(429),
            status(503),
            new FetchTimeoutError(FetchTimeoutError.Phase.TOTAL, Duration.ZERO, FACTS, null),
            new ConnectionError(ConnectionError.Kind.DNS, "h", FACTS, null),
            new DecodeError(String.class, "broken", "text", FACTS, null),
            new BodyTooLargeError(1, FACTS),
            new BulkheadFullError("full", FACTS),
            new ClientClosedError(FACTS),
            new InvalidRequestError("bad", FACTS, null),
            new FileError(FileError.Kind.OTHER, Path.of("f"), FACTS, new IOException("disk")),
            new UnexpectedError(FACTS, new IllegalStateException("bug")));
    assertThat(made).allMatch(error -> error.attempts() == 1);
    assertThat(made.get(0)).isInstanceOf(ClientStatusError.class);
    assertThat(made.get(1)).isInstanceOf(RateLimitedError.class);
    assertThat(made.get(2)).isInstanceOf(ServerStatusError.class);
  }

  private static FetchError status(int status) {
    return HttpStatusError.of(status, Map.of(), new byte[0], null, FACTS);
  }
}
