package dev.fetchwell.stream;

import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Script;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Scripts for answers that come in pieces. */
final class PiecewiseAnswers {

  /** So long that a reset does not overtake what was sent before. */
  private static final Duration ARRIVED = Duration.ofMillis(60);

  private PiecewiseAnswers() {}

  /** A 200 with a chunked body of so many pieces, each sent by itself; headers end in CRLF. */
  static Script chunked(String headers, String... pieces) {
    return exchange -> {
      begin(exchange, headers);
      try (OutputStream body = exchange.chunks()) {
        for (String piece : pieces) {
          body.write(piece.getBytes(StandardCharsets.UTF_8));
          body.flush();
        }
      }
    };
  }

  /** The same, and then silence. */
  static Script open(String headers, String... pieces) {
    return exchange -> {
      begin(exchange, headers);
      OutputStream body = exchange.chunks();
      for (String piece : pieces) {
        body.write(piece.getBytes(StandardCharsets.UTF_8));
      }
      exchange.stall();
    };
  }

  /** The same, and then a reset, once that has arrived. */
  static Script broken(String headers, String... pieces) {
    return exchange -> {
      begin(exchange, headers);
      OutputStream body = exchange.chunks();
      for (String piece : pieces) {
        body.write(piece.getBytes(StandardCharsets.UTF_8));
      }
      exchange.pause(ARRIVED);
      exchange.reset();
    };
  }

  static void begin(Exchange exchange, String headers) throws IOException {
    exchange.raw("HTTP/1.1 200 OK\r\n" + headers + "Transfer-Encoding: chunked\r\n\r\n");
  }

  static void await(CountDownLatch latch) throws IOException, InterruptedException {
    if (!latch.await(20, TimeUnit.SECONDS)) {
      throw new IOException("nobody opened the latch");
    }
  }
}
