package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More bodies at once than the heap has room for. */
@Tag("stress")
@Timeout(120)
class BufferedBodiesStressTest {

  private static final int CALLS = 64;

  /** Below the standard limit of 10 MiB. */
  private static final int HONEST = 9 * 1024 * 1024 + 512 * 1024;

  private static final byte[] BLOCK = new byte[64 * 1024];

  /** What a standard client waits for. */
  private static final Duration LIMIT = Duration.ofSeconds(40);

  /** All bodies begin before one goes on, so that all of them are half read. */
  private final CountDownLatch allHere = new CountDownLatch(CALLS);

  @BeforeEach
  void heapIsTooSmallForAll() {
    assertThat(Runtime.getRuntime().maxMemory())
        .as("the stress profile's heap")
        .isLessThanOrEqualTo(512L << 20);
  }

  @Test
  void gzipBombsAllEndTyped() {
    byte[] bomb = zeroesInGzip(50 * 1024 * 1024);
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n");
          exchange.raw("Content-Length: " + bomb.length + "\r\n\r\n");
          meet();
          exchange.raw(bomb);
        };
    run(script, builder -> builder, BufferedBodiesStressTest::assertAllAreTooLarge);
  }

  @Test
  void honestBodiesOfAnnouncedLengthAllArrive() {
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + HONEST + "\r\n\r\n");
          exchange.raw(BLOCK);
          meet();
          write(exchange.output(), HONEST - BLOCK.length);
        };
    run(script, BufferedBodiesStressTest::patient, BufferedBodiesStressTest::assertAllArrive);
  }

  @Test
  void honestBodiesOfUnknownLengthAllArrive() {
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          try (OutputStream chunks = exchange.chunks()) {
            chunks.write(BLOCK);
            meet();
            write(chunks, HONEST - BLOCK.length);
          }
        };
    run(script, BufferedBodiesStressTest::patient, BufferedBodiesStressTest::assertAllArrive);
  }

  /** The machine may be busy with other things, and a retry would begin anew. */
  private static AsyncHttpClient.Builder patient(AsyncHttpClient.Builder builder) {
    return builder.attemptTimeout(LIMIT).timeout(LIMIT);
  }

  private interface Trial {

    void run(AsyncHttpClient client, String url);
  }

  private static void run(
      Script script, UnaryOperator<AsyncHttpClient.Builder> settings, Trial trial) {
    long start = System.nanoTime();
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client = settings.apply(AsyncHttpClient.builder()).build()) {
      trial.run(client, server.url("/"));
      Quiet.assertNothingLeft(client);
    }
    System.out.println(CALLS + " bodies took " + (System.nanoTime() - start) / 1_000_000 + " ms");
  }

  private static List<CompletableFuture<Integer>> calls(AsyncHttpClient client, String url) {
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      // The bytes are the caller's once they are here; this one does not keep them.
      calls.add(client.getBytes(url).thenApply(bytes -> bytes.length));
    }
    return calls;
  }

  private static void assertAllAreTooLarge(AsyncHttpClient client, String url) {
    for (CompletableFuture<Integer> call : calls(client, url)) {
      assertThat(FetchError.of(Awaited.error(call, LIMIT))).isInstanceOf(BodyTooLargeError.class);
    }
  }

  private static void assertAllArrive(AsyncHttpClient client, String url) {
    for (CompletableFuture<Integer> call : calls(client, url)) {
      assertThat(Awaited.value(call, LIMIT)).isEqualTo(HONEST);
    }
  }

  private void meet() throws InterruptedException {
    allHere.countDown();
    allHere.await();
  }

  private static void write(OutputStream out, int bytes) throws IOException {
    for (int left = bytes; left > 0; left -= BLOCK.length) {
      out.write(BLOCK, 0, Math.min(left, BLOCK.length));
    }
  }

  private static byte[] zeroesInGzip(int bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      write(out, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
