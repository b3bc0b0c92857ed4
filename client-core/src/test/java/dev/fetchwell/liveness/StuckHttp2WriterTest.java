package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.RawHttp2Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;

/**
 * OkHttp writes to an HTTP/2 connection under its monitor: a peer that stops reading blocks whoever
 * writes, and everybody who has to write a reset behind that.
 */
class StuckHttp2WriterTest {

  private static final int CONCURRENCY = 8;
  private static final Duration IN_TIME = Duration.ofSeconds(20);

  @Test
  void callsEndAndThreadsGoWhenAPeerStopsReading() throws Exception {
    OkHttpClient own =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    try (StuckHttp2Server stuck = StuckHttp2Server.start();
        RawHttp2Server healthy = RawHttp2Server.start(RawHttp2Server.Answer.ok());
        AsyncHttpClient client =
            AsyncHttpClient.builder()
                .okHttp(own)
                .maxConcurrency(CONCURRENCY)
                .attemptTimeout(Duration.ofMillis(300))
                .retry(RetryPolicy.none())
                .build()) {
      List<CompletableFuture<String>> calls = send(client, stuck.url("/"));
      long deadline = System.nanoTime() + IN_TIME.toNanos();
      for (CompletableFuture<String> call : calls) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        Throwable thrown = Awaited.ending(call, left);
        assertThat(thrown).as("the answer of a server that gives none").isNotNull();
        Liveness.assertTyped(thrown);
      }
      Quiet.assertNothingHeld(client, Liveness.LIMIT);
      Liveness.assertThreadsAtWork(2 * CONCURRENCY + 10);
      assertThat(Awaited.ending(client.get(healthy.url("/")).asVoid(), Liveness.LIMIT)).isNull();
      Liveness.assertShutsDown(client, Duration.ofSeconds(2));
    } finally {
      own.connectionPool().evictAll();
    }
  }

  private static List<CompletableFuture<String>> send(AsyncHttpClient client, String url) {
    byte[] large = new byte[4_000_000];
    return IntStream.range(0, 60)
        .mapToObj(any -> client.post(url).body(large, "text/plain").asString())
        .toList();
  }
}
