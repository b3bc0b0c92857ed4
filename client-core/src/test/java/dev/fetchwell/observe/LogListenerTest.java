package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import dev.fetchwell.testkit.LogLines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogListenerTest {

  private final LogLines lines = new LogLines();
  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client =
      server.client(
          builder ->
              builder
                  .listener(LogListener.to(lines))
                  .retry(
                      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build()));

  @Test
  void successIsOneLineAtDebug() {
    server.on("GET", "/users/7", FakeReply.text("ok").after(Duration.ofMillis(43)));

    server.await(client.getString("/users/7?key=secret"));

    assertThat(lines.written())
        .containsExactly("DEBUG GET https://fake.example/users/7?key=***: 200 in 43 ms");
  }

  @Test
  void retriesSayWhy() {
    server.on(
        "GET",
        "/x",
        FakeReply.status(503),
        FakeReply.fault(Fault.CONNECTION_RESET),
        FakeReply.text("ok"));

    server.await(client.get("/x").tag("export").asString());

    assertThat(lines.written())
        .containsExactly(
            "DEBUG export GET https://fake.example/x: 200 in 2000 ms, 3 attempts (503, RESET)");
  }

  @Test
  void onlyAServerInTroubleIsWarnedOf() {
    server.on("GET", "/gone", FakeReply.status(404));
    server.on("GET", "/busy", FakeReply.status(429));
    server.on("GET", "/down", FakeReply.status(500));
    server.on("GET", "/slow", FakeReply.fault(Fault.NO_ANSWER));

    for (String path : List.of("/gone", "/busy", "/down", "/slow")) {
      assertThatThrownBy(() -> server.await(client.get(path).noRetry().asString()));
    }

    assertThat(lines.written())
        .containsExactly(
            "DEBUG GET https://fake.example/gone: 404 in 0 ms",
            "DEBUG GET https://fake.example/busy: 429 in 0 ms",
            "WARN GET https://fake.example/down: 500 in 0 ms",
            "WARN GET https://fake.example/slow: ATTEMPT timeout in 10000 ms");
  }

  @Test
  void cancelledCallIsNoWarning() {
    server.on("GET", "/slow", FakeReply.fault(Fault.NO_ANSWER));

    client.getString("/slow").cancel(false);

    assertThat(lines.written())
        .containsExactly("DEBUG GET https://fake.example/slow: cancelled after 0 ms");
  }

  @Test
  void nothingIsWrittenWhereItIsOff() {
    lines.least(Level.WARN);
    server.on("GET", "/x", FakeReply.status(503), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(lines.written()).isEmpty();
  }
}
