package dev.fetchwell.testserver;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/** Ready-made scripts that keep to HTTP, if not to good manners. */
public final class Scripts {

  private static final int BLOCK = 16 * 1024;

  private Scripts() {}

  public static Script respond(int status, String text) {
    return exchange -> exchange.respond(status, text);
  }

  public static Script respond(int status, Map<String, String> headers, String text) {
    return exchange -> exchange.respond(status, headers, text);
  }

  /** 200 with {@code Content-Type: application/json}. */
  public static Script json(String json) {
    return respond(200, Map.of("Content-Type", "application/json"), json);
  }

  /** The status and a {@code Retry-After} of any content. */
  public static Script retryAfter(int status, String value) {
    return respond(status, Map.of("Retry-After", value), "come back later");
  }

  /** 302 to the location. */
  public static Script redirect(String location) {
    return redirect(302, location);
  }

  public static Script redirect(int status, String location) {
    return respond(status, Map.of("Location", location), "");
  }

  /** Redirects each request to its own path, for ever. */
  public static Script redirectLoop() {
    return exchange -> exchange.respond(302, Map.of("Location", exchange.request().path()), "");
  }

  /** Waits, then goes on with the other script. */
  public static Script delayed(Duration delay, Script script) {
    return exchange -> {
      exchange.pause(delay);
      script.handle(exchange);
    };
  }

  /** Never answers. */
  public static Script stall() {
    return Exchange::stall;
  }

  /** Drips a whole 200 response with the text as its body, head included. */
  public static Script drip(String text, Duration interval) {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n";
    return exchange -> exchange.drip(head + text, interval);
  }

  /** Sends the head at once and drips the body. */
  public static Script dripBody(String text, Duration interval) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n");
      exchange.drip(text, interval);
    };
  }

  /** A body of so many bytes, with its length told. */
  public static Script body(long bytes) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n");
      fill(exchange.output(), bytes, 'x');
    };
  }

  /** A body of so many bytes, in chunks. */
  public static Script chunkedBody(long bytes) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      try (OutputStream chunks = exchange.chunks()) {
        fill(chunks, bytes, 'x');
      }
    };
  }

  /** A body of so many bytes that ends with the connection. */
  public static Script unsizedBody(long bytes) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      fill(exchange.output(), bytes, 'x');
      exchange.close();
    };
  }

  /** So many zeros, compressed to a thousandth: 100 MB are 100 kB on the wire. */
  public static Script gzipBomb(long bytes) {
    return exchange -> {
      exchange.raw(
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
      try (OutputStream gzip = new GZIPOutputStream(exchange.chunks(), BLOCK)) {
        fill(gzip, bytes, 0);
      }
    };
  }

  /**
   * Lets each connection have so many answers, and closes it behind the last one without a word in
   * the header.
   */
  public static Script closeAfter(int answers, Script script) {
    return exchange -> {
      script.handle(exchange);
      if (exchange.requestNumberOnConnection() >= answers) {
        exchange.close();
      }
    };
  }

  /**
   * Lets each connection have so many answers; reads one request more and closes without answering
   * that.
   */
  public static Script dropAfter(int answers, Script script) {
    return exchange -> {
      if (exchange.requestNumberOnConnection() > answers) {
        exchange.close();
      } else {
        script.handle(exchange);
      }
    };
  }

  private static void fill(OutputStream out, long bytes, int value) throws IOException {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) value);
    for (long left = bytes; left > 0; left -= block.length) {
      out.write(block, 0, (int) Math.min(left, block.length));
    }
  }
}
