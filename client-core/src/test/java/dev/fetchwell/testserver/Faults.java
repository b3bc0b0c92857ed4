package dev.fetchwell.testserver;

import java.time.Duration;

/** Ready-made scripts that break HTTP, or the connection. */
public final class Faults {

  private Faults() {}

  /** Reads the request and closes without an answer. */
  public static Script close() {
    return Exchange::close;
  }

  /** Reads the request and resets the connection. */
  public static Script reset() {
    return Exchange::reset;
  }

  /** Resets the connection in the middle of the body. */
  public static Script resetInBody() {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
      // The client has to see the start before the reset throws unread bytes away.
      exchange.pause(Duration.ofMillis(50));
      exchange.reset();
    };
  }

  /** Promises 1,000 bytes, sends 10, closes. */
  public static Script truncatedBody() {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
      exchange.close();
    };
  }

  /** One whole chunk, half of the next one, close. */
  public static Script truncatedChunks() {
    return exchange -> {
      exchange.raw(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\na\r\n01234");
      exchange.close();
    };
  }

  /** Sends a whole chunk and closes where the next one is due. */
  public static Script missingLastChunk() {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n");
      exchange.close();
    };
  }

  /** Ends in the middle of the headers. */
  public static Script truncatedHead() {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Le");
      exchange.close();
    };
  }

  /** A chunk whose size is no number. */
  public static Script garbageChunkSize() {
    return raw(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n0123456789\r\n0\r\n\r\n");
  }

  /** Ends its side of the connection without an answer and keeps the other side open. */
  public static Script halfClose() {
    return exchange -> {
      exchange.halfClose();
      exchange.stall();
    };
  }

  /** 103 after 103, never a final answer. */
  public static Script endlessInformational(Duration interval) {
    return exchange -> {
      while (true) {
        exchange.raw("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
        exchange.pause(interval);
      }
    };
  }

  /** A head that never ends. */
  public static Script endlessHeaders(Duration interval) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\n");
      for (int i = 0; true; i++) {
        exchange.raw("X-Header-" + i + ": " + "x".repeat(100) + "\r\n");
        exchange.pause(interval);
      }
    };
  }

  /** A body without a length that never ends. */
  public static Script endlessBody() {
    return Scripts.unsizedBody(Long.MAX_VALUE);
  }

  public static Script negativeContentLength() {
    return raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello");
  }

  public static Script garbageContentLength() {
    return raw("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello");
  }

  /** Two lengths that contradict each other. */
  public static Script conflictingContentLengths() {
    return raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 3\r\n\r\nhello");
  }

  public static Script negativeStatus() {
    return raw("HTTP/1.1 -12 Negative\r\nContent-Length: 5\r\n\r\nhello");
  }

  public static Script garbageStatusLine() {
    return raw("NOT/HTTP at all\r\nContent-Length: 5\r\n\r\nhello");
  }

  /** A body that says it is gzip and is not. */
  public static Script garbageGzip() {
    return raw(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 11\r\n\r\nhello world");
  }

  /** Writes exactly this, as ISO 8859-1, and leaves the connection open. */
  public static Script raw(String response) {
    return exchange -> exchange.raw(response);
  }
}
