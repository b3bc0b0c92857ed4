package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DeadlineHeaderWireTest {

  private static final String NAME = "X-Timeout-Ms";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private static long told(ScriptedServer server, int request) {
    return Long.parseLong(String.valueOf(server.requests().get(request).header(NAME)));
  }

  @Test
  void eachAttemptTellsWhatIsLeftForIt() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.respond(503, ""), Scripts.respond(200, "ok")));
    AsyncHttpClient client =
        wire.client(
            b ->
                b.deadlineHeader(NAME)
                    .timeout(Duration.ofSeconds(8))
                    .attemptTimeout(Duration.ofSeconds(8))
                    .retry(
                        RetryPolicy.builder()
                            .backoff(Backoff.fixed(Duration.ofMillis(300)))
                            .build()));

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");

    assertThat(told(server, 0)).isBetween(5_000L, 8_000L);
    assertThat(told(server, 1)).isBetween(1L, told(server, 0) - 300);
  }

  @Test
  void timeInTheQueueIsNotTold() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.delayed(Duration.ofMillis(400), Scripts.respond(200, "")),
                Scripts.respond(200, "")));
    AsyncHttpClient client =
        wire.client(
            b -> b.deadlineHeader(NAME).maxConcurrency(1).attemptTimeout(Duration.ofSeconds(20)));

    var first = client.getString(server.url("/"));
    Eventually.holds(() -> !server.requests().isEmpty(), "the first request");
    var second = client.get(server.url("/")).timeout(Duration.ofSeconds(8)).asString();
    value(first);
    value(second);

    assertThat(told(server, 0)).isBetween(15_000L, 20_000L);
    assertThat(told(server, 1)).isBetween(1L, 7_990L);
  }

  @Test
  void redirectsStreamsAndSocketsTellIt() {
    ScriptedServer elsewhere = wire.server(Scripts.respond(200, "a\nb\n"));
    ScriptedServer server = wire.server(Scripts.redirect(elsewhere.url("/")));
    AsyncHttpClient client = wire.client(b -> b.deadlineHeader(NAME));

    assertThat(value(Lines.from(client.get(server.url("/"))).forEach(line -> {}))).isEqualTo(2);
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client, elsewhere.url("/")).connect();
    Eventually.holds(() -> elsewhere.requests().size() > 1, "the handshake");
    value(socket.stop(Duration.ofMillis(1)));

    assertThat(told(server, 0)).isBetween(1L, 10_000L);
    assertThat(told(elsewhere, 0)).isBetween(1L, 10_000L);
    assertThat(told(elsewhere, 1)).isBetween(1L, 10_000L);
  }
}
