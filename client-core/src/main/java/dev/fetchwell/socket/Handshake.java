package dev.fetchwell.socket;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Upgraded;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One opening handshake: what is asked for, and whether the answer is one to that (<a
 * href="https://www.rfc-editor.org/rfc/rfc6455#section-4.1">RFC 6455, section 4.1</a>). Immutable.
 */
final class Handshake implements ReplyReader<Link> {

  /** The jitter's would do for anything else; these must not be foreseen. */
  private static final RandomGenerator UNFORESEEABLE = new SecureRandom();

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final String key;
  private final List<String> subprotocols;
  private final boolean compresses;
  private final int maxMessageBytes;

  Handshake(List<String> subprotocols, boolean compresses, int maxMessageBytes) {
    byte[] nonce = new byte[16];
    UNFORESEEABLE.nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
    this.subprotocols = subprotocols;
    this.compresses = compresses;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** Sets the headers that ask for it. */
  void ask(Headers headers) {
    headers.set("Upgrade", "websocket");
    headers.set("Connection", "Upgrade");
    headers.set("Sec-WebSocket-Version", "13");
    headers.set("Sec-WebSocket-Key", key);
    if (!subprotocols.isEmpty()) {
      headers.set("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
    }
    if (compresses) {
      headers.set("Sec-WebSocket-Extensions", "permessage-deflate");
    }
  }

  /** A request's headers. */
  interface Headers {

    void set(String name, String value);
  }

  @Override
  public Form form() {
    return Form.UPGRADED;
  }

  @Override
  public String accept() {
    return "";
  }

  @Override
  public Link read(Reply reply, CallContext context) {
    Upgraded connection = reply.upgraded();
    if (connection == null) {
      throw refused("status " + reply.status() + " in place of a web socket", context);
    }
    if (!"websocket".equalsIgnoreCase(reply.header("Upgrade"))) {
      throw refused("another protocol than that of web sockets", context);
    }
    if (!accepted(key).equals(reply.header("Sec-WebSocket-Accept"))) {
      throw refused("a Sec-WebSocket-Accept that is not the answer to our key", context);
    }
    String chosen = reply.header("Sec-WebSocket-Protocol");
    if (chosen != null && !subprotocols.contains(chosen)) {
      throw refused("a subprotocol that was not offered", context);
    }
    return new FrameLink(
        connection,
        chosen == null ? "" : chosen,
        agreed(reply, context),
        maxMessageBytes,
        UNFORESEEABLE);
  }

  private @Nullable Compression agreed(Reply reply, CallContext context) {
    List<String> values = reply.headers().all().getOrDefault("Sec-WebSocket-Extensions", List.of());
    if (values.isEmpty()) {
      return null;
    }
    String[] parts = String.join(",", values).toLowerCase(Locale.ROOT).split(";", -1);
    boolean known = compresses && parts[0].strip().equals("permessage-deflate");
    boolean forgets = false;
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replaceAll("[\\s\"]", "");
      forgets |= parameter.equals("server_no_context_takeover");
      // A smaller window than ours inflates just as well; ours is not negotiable in Java.
      known &=
          parameter.matches(
              "(server|client)_no_context_takeover|server_max_window_bits=(8|9|1[0-5])");
    }
    if (!known) {
      throw refused("an extension that was not offered", context);
    }
    return new Compression(forgets);
  }

  private static ConnectionError refused(String problem, CallContext context) {
    return new ConnectionError(
        ConnectionError.Kind.PROTOCOL,
        context.request().host() + ": " + problem,
        context.facts(),
        null);
  }

  static String accepted(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-1", impossible);
    }
  }
}
