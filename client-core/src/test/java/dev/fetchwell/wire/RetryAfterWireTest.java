package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "soon",
        "",
        "-5",
        "1.5",
        "Sun, 99 Nov 1994 08:49:37 GMT"
      })
  void noWaitOrGarbageIsRetriedAfterTheBackoff(String value) {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.retryAfter(503, value), Scripts.respond(200, "ok")));
    FetchResponse response = value(wire.client().get(server.url("/")).asResponse());
    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(response.elapsed()).isLessThan(SOON);
    assertThat(server.requests()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"61", "99999999", "99999999999999999999", "Tue, 31 Dec 2199 23:59:59 GMT"})
  void waitOverTheCapFailsAtOnceAndIsOnTheError(String value) {
    ScriptedServer server = wire.server(Scripts.retryAfter(429, value));
    RateLimitedError error =
        failure(wire.client().getString(server.url("/")), RateLimitedError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.elapsed()).isLessThan(SOON);
    assertThat(error.retryAfter())
        .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofSeconds(60)));
    assertThat(error.header("retry-after")).contains(value);
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2",
        "Sun, 06 Nov 1994 08:49:39 GMT",
        "Sunday, 06-Nov-94 08:49:39 GMT",
        "Sun Nov  6 08:49:39 1994"
      })
  void dateIsMeantByTheServersClock(String value) {
    Map<String, String> headers =
        Map.of("Date", "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After", value);
    ScriptedServer server = wire.server(Scripts.respond(503, headers, ""));
    ServerStatusError error =
        failure(wire.client().get(server.url("/")).noRetry().asString(), ServerStatusError.class);
    assertThat(error.retryAfter()).contains(Duration.ofSeconds(2));
  }

  @Test
  void serverThatAsksForASecondGetsIt() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.retryAfter(429, "1"), Scripts.respond(200, "ok")));
    FetchResponse response = value(wire.client().get(server.url("/")).asResponse());
    assertThat(response.attempts()).isEqualTo(2);
    assertThat(response.elapsed()).isBetween(Duration.ofSeconds(1), SOON);
  }

  @Test
  void waitThatPassesTheDeadlineFailsAtOnce() {
    ScriptedServer server = wire.server(Scripts.retryAfter(429, "30"));
    RateLimitedError error =
        failure(
            wire.client().get(server.url("/")).timeout(SOON).asString(), RateLimitedError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.elapsed()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void headerIsIgnoredWhereThePolicySaysSo() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.retryAfter(503, "3600"), Scripts.respond(200, "ok")));
    RetryPolicy policy =
        RetryPolicy.builder()
            .respectRetryAfter(Duration.ZERO)
            .backoff(Backoff.fixed(Duration.ofMillis(1)).withoutJitter())
            .build();
    assertThat(value(wire.client().get(server.url("/")).retry(policy).asString())).isEqualTo("ok");
  }

  @Test
  void postIsNotSentAgainWhateverTheHeaderSays() {
    ScriptedServer server = wire.server(Scripts.retryAfter(503, "0"));
    ServerStatusError error =
        failure(wire.client().post(server.url("/")).asString(), ServerStatusError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.retryAfter()).contains(Duration.ZERO);
    assertThat(server.requests()).hasSize(1);
  }
}
