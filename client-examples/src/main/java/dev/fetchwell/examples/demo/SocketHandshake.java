package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of the opening handshake, by <a
 * href="https://www.rfc-editor.org/rfc/rfc6455#section-4.2">RFC 6455, section 4.2</a>.
 */
final class SocketHandshake {

  private static final String VERSION = "13";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private SocketHandshake() {}

  /** Whether the request asks for a web socket as it should; else it is answered with an error. */
  static boolean isAcceptable(DemoExchange exchange) throws IOException {
    DemoRequest request = exchange.request();
    if (!hasToken(request.header("Upgrade"), "websocket")
        || !hasToken(request.header("Connection"), "upgrade")) {
      exchange.header("Upgrade", "websocket").header("Connection", "Upgrade");
      exchange.error(426, "only for web sockets (expected: Upgrade: websocket)");
      return false;
    }
    if (!VERSION.equals(request.header("Sec-WebSocket-Version"))) {
      exchange.header("Sec-WebSocket-Version", VERSION);
      exchange.error(426, "expected: Sec-WebSocket-Version: " + VERSION);
      return false;
    }
    if (!request.method().equals("GET") || !isKey(request.header("Sec-WebSocket-Key"))) {
      exchange.error(400, "expected: GET, and a Sec-WebSocket-Key of 16 bytes in Base64");
      return false;
    }
    return true;
  }

  /** The proof that the server has understood the request. */
  static String accept(DemoRequest request) {
    String key = request.header("Sec-WebSocket-Key") + GUID;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static boolean hasToken(@Nullable String header, String token) {
    return header != null
        && Arrays.stream(header.split(",", -1))
            .anyMatch(part -> part.strip().equalsIgnoreCase(token));
  }

  private static boolean isKey(@Nullable String key) {
    try {
      return key != null && Base64.getDecoder().decode(key).length == 16;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }
}
