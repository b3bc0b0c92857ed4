package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;

/** Documents of 128 KiB each, which the server needs a moment to find. */
public final class DemoDocuments {

  private static final int BYTES = 128 * 1024;
  private static final Duration SEARCH = Duration.ofMillis(50);

  private DemoDocuments() {}

  /** What the document of this number contains, always the same. */
  public static byte[] content(int number) {
    byte[] content = new byte[BYTES];
    new Random(number).nextBytes(content);
    return content;
  }

  static void answer(DemoExchange exchange) throws IOException {
    byte[] content = content(Integer.parseInt(exchange.variable("number")));
    exchange.pause(SEARCH);
    exchange.stream(200, "application/octet-stream", content.length, body -> body.write(content));
  }
}
