package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.Arrays;

/**
 * Streams {@code bytes} bytes as fast as the client reads, with their length told or {@code
 * chunked}.
 */
final class BigRoute implements Route {

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    long bytes = exchange.request().number("bytes", 1 << 20);
    byte[] block = new byte[8 * 1024];
    Arrays.fill(block, (byte) 'x');
    DemoExchange.BodyWriter writer =
        body -> {
          for (long left = bytes; left > 0; left -= block.length) {
            body.write(block, 0, (int) Math.min(left, block.length));
          }
        };
    if (exchange.request().query("chunked", "false").equals("true")) {
      exchange.stream(200, "application/octet-stream", writer);
    } else {
      exchange.stream(200, "application/octet-stream", bytes, writer);
    }
  }
}
