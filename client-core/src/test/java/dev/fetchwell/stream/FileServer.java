package dev.fetchwell.stream;

import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ScriptedServer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Serves one file with ranges, and can break off; its knobs are set between requests. */
final class FileServer implements AutoCloseable {

  static final byte[] CONTENT = content(300_000, 1);

  volatile byte[] content = CONTENT;
  volatile String validators = "ETag: \"v1\"\r\n";
  volatile boolean honoursRange = true;
  volatile boolean honoursIfRange = true;

  /** After so many bytes each answer breaks off; -1: never. */
  volatile int breakAfter = -1;

  /** Sent in place of the right {@code Content-Range}. */
  volatile @Nullable String contentRange;

  private final ScriptedServer server = ScriptedServer.start(this::serve);

  static byte[] content(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  String url() {
    return server.url("/file");
  }

  int requests() {
    return server.requests().size();
  }

  ScriptedServer server() {
    return server;
  }

  /** {@code Range} and {@code If-Range} of each request. */
  List<String> ranges() {
    return server.requests().stream()
        .map(request -> request.header("Range") + " " + request.header("If-Range"))
        .toList();
  }

  private void serve(Exchange exchange) throws Exception {
    String range = honoursRange ? exchange.request().header("Range") : null;
    String ifRange = exchange.request().header("If-Range");
    if (range != null && honoursIfRange && ifRange != null && !validators.contains(ifRange)) {
      range = null;
    }
    int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    if (range != null && start >= content.length) {
      exchange.raw(
          "HTTP/1.1 416 Range\r\nContent-Length: 0\r\nContent-Range: bytes */"
              + content.length
              + "\r\n\r\n");
      return;
    }
    int length = content.length - start;
    String told = contentRange;
    String span =
        told != null ? told : "bytes " + start + "-" + (content.length - 1) + "/" + content.length;
    exchange.raw(
        (range == null ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 206 Part\r\n")
            + validators
            + (range == null || span.isEmpty() ? "" : "Content-Range: " + span + "\r\n")
            + "Content-Length: "
            + length
            + "\r\n\r\n");
    boolean breaks = breakAfter >= 0 && breakAfter < length;
    exchange.raw(Arrays.copyOfRange(content, start, start + (breaks ? breakAfter : length)));
    if (breaks) {
      exchange.pause(Duration.ofMillis(60));
      exchange.reset();
    }
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    server.close();
  }
}
