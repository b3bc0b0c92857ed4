package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamPermitsTest {

  /** With the defaults nothing but the deadline ends a call that waits for a permit. */
  @Test
  void callThatEndsInTheQueueIsToldOfTheStreamsThatHoldThePermits() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(PiecewiseAnswers.open("", "a\n"));
        AsyncHttpClient client = AsyncHttpClient.builder().maxConcurrencyPerHost(1).build()) {
      StreamedResponse open = Awaited.value(client.get(server.url("/")).asStream());
      assertThat(client.stats().openStreams()).isEqualTo(1);
      FetchTimeoutError error =
          Awaited.failure(
              client.get(server.url("/")).timeout(Duration.ofMillis(100)).asString(),
              FetchTimeoutError.class);
      assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.TOTAL);
      assertThat(error).hasMessageContaining("1 of 1 permits held, 1 by open streams: close them");
      open.close();
      Quiet.assertNothingLeft(client);
      assertThat(client.stats().openStreams()).isZero();
    }
  }
}
