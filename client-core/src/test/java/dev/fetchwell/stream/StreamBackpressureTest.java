package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What nobody asks for stays at the server: its write blocks once the sockets' buffers are full.
 */
@Timeout(120)
class StreamBackpressureTest {

  private static final int BLOCK = 64 * 1024;
  private static final long SIZE = 256L * 1024 * 1024;

  /** What the kernel may buffer between two sockets on loopback, and far below {@code SIZE}. */
  private static final long BOUND = 32L * 1024 * 1024;

  private final AtomicLong written = new AtomicLong();
  private final Script endless =
      exchange -> {
        PiecewiseAnswers.begin(exchange, "");
        OutputStream body = exchange.chunks();
        byte[] block = new byte[BLOCK];
        while (written.get() < SIZE) {
          body.write(block);
          written.addAndGet(BLOCK);
        }
        body.close();
      };

  @Test
  void withoutDemandTheServersWriteBlocks() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(endless);
        AsyncHttpClient client = AsyncHttpClient.create()) {
      RecordedSignals<ByteBuffer> probe =
          RecordedSignals.on(client.get(server.url("/")).asStream().join().body(), 0);
      Eventually.standsStill(written::get);

      assertThat(written.get()).isLessThan(BOUND);
      assertThat(probe.items()).isEmpty();
      probe.request(3);
      probe.awaitItems(3);
      Eventually.standsStill(written::get);
      assertThat(probe.items()).hasSize(3);
      assertThat(written.get()).isLessThan(BOUND);
      probe.cancel();
      server.awaitNoOpenConnections(Awaited.LIMIT);
    }
  }

  @Test
  void serverIsNeverFarAheadOfASlowConsumer() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(endless);
        AsyncHttpClient client = AsyncHttpClient.create()) {
      InputStream body = client.get(server.url("/")).asStream().join().inputStream();
      byte[] target = new byte[BLOCK];
      long consumed = 0;
      long lead = 0;
      for (int count = body.read(target); count >= 0; count = body.read(target)) {
        consumed += count;
        lead = Math.max(lead, written.get() - consumed);
        long read = consumed;
        // The server gets the time to run ahead.
        Eventually.holds(() -> written.get() == SIZE || written.get() > read, "a server ahead");
      }
      assertThat(consumed).isEqualTo(SIZE);
      assertThat(lead).isLessThan(BOUND);
    }
  }
}
