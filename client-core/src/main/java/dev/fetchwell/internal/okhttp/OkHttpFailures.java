package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.pipeline.CallContext;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What OkHttp throws, as our errors: by what was going on and by the exception's type, and by its
 * text only where OkHttp gives nothing else.
 */
final class OkHttpFailures {

  private static final String TRUST =
      " (if that is your own certificate or authority, give okHttp(...) an OkHttpClient whose trust"
          + " manager knows it)";

  /** OkHttp's own limit. */
  private static final int MOST_HEADER_BYTES = 256 * 1024;

  private static final Set<String> READERS =
      Set.of("okhttp3.internal.http2.Http2Reader", "okhttp3.internal.http2.Hpack");

  private OkHttpFailures() {}

  static FetchError toError(Throwable met, WireCall wire, CallContext context) {
    Throwable thrown =
        firstBut(AddressChecks.Blocked.class, firstBut(ConnectTurn.LookAgain.class, met));
    AddressBlockedError blocked = AddressChecks.error(thrown, context);
    if (blocked != null) {
      wire.attempt().markHopeless();
      return blocked;
    }
    if (thrown instanceof TooLarge tooLarge) {
      return tooLarge.error(context);
    }
    if (thrown instanceof OkHttpRequests.UnreadableBody unreadable) {
      return new InvalidRequestError(
          "its body cannot be read: " + unreadable.getCause(), context.facts(), unreadable);
    }
    if (wire.connectTimedOut() || isConnectTimeout(thrown, wire)) {
      return new FetchTimeoutError(
          FetchTimeoutError.Phase.CONNECT, wire.connectTimeout(), context.facts(), thrown);
    }
    Throwable callers = wire.callersCode().thrownBy(thrown);
    if (callers != null) {
      return new UnexpectedError(context.facts(), callers);
    }
    if (thrown instanceof VirtualMachineError
        || (!wire.sent() && !(thrown instanceof IOException))) {
      return new UnexpectedError(context.facts(), thrown);
    }
    return connectionError(wire.connected() ? breachBehind(thrown) : thrown, wire, context);
  }

  private static ConnectionError connectionError(
      Throwable thrown, WireCall wire, CallContext context) {
    Kind kind = kind(thrown, wire);
    if (isRefused(thrown) && kind != Kind.PROTOCOL) {
      wire.attempt().markRefused();
    } else if (kind == Kind.RESET && !isStreamReset(thrown) && wire.lostReusedConnection()) {
      wire.attempt().markLostReusedConnection();
    }
    if (ProxyFailures.isRefusedCredentials(thrown)) {
      wire.attempt().markHopeless();
    }
    return new ConnectionError(kind, detail(kind, thrown, wire, context), context.facts(), thrown);
  }

  /**
   * What failed otherwise, if anything did: OkHttp throws the first failure of all the ways that it
   * tried, with the others suppressed.
   */
  private static Throwable firstBut(Class<? extends IOException> type, Throwable thrown) {
    if (!type.isInstance(thrown)) {
      return thrown;
    }
    Throwable first = null;
    for (Throwable later : thrown.getSuppressed()) {
      if (first == null && !type.isInstance(later)) {
        first = later;
      } else if (first != null && first != later) {
        first.addSuppressed(later);
      }
    }
    return first == null ? thrown : first;
  }

  /**
   * The peer's breach of protocol for which nothing more could be sent, if there was one: OkHttp
   * looks for an answer also then, and what it meets is suppressed on why sending failed.
   */
  private static Throwable breachBehind(Throwable thrown) {
    for (Throwable answer : thrown.getSuppressed()) {
      if (answer instanceof IOException && (isProtocol(answer) || isBadFrame(answer))) {
        return answer;
      }
    }
    return thrown;
  }

  private static boolean isConnectTimeout(Throwable thrown, WireCall wire) {
    return thrown instanceof SocketTimeoutException && !wire.connected();
  }

  private static Kind kind(Throwable thrown, WireCall wire) {
    if (thrown instanceof UnknownHostException && !isSocks4(wire)) {
      return Kind.DNS;
    }
    if (!wire.connected()) {
      return isTlsSomewhere(thrown) ? Kind.TLS : Kind.CONNECT;
    }
    return isProtocol(thrown) || breach(thrown, wire) != null ? Kind.PROTOCOL : Kind.RESET;
  }

  /** Through a proxy no name is looked up but its own, unless it is one of SOCKS that cannot. */
  private static boolean isSocks4(WireCall wire) {
    return !wire.attempt().proxy().isEmpty() && !wire.proxied().looksUpProxy();
  }

  /** OkHttp throws what the first address gave, with what the others gave suppressed on it. */
  private static boolean isTlsSomewhere(Throwable thrown) {
    return isTls(thrown) || Arrays.stream(thrown.getSuppressed()).anyMatch(OkHttpFailures::isTls);
  }

  /** A handshake that the peer cut off says nothing about certificates. */
  private static boolean isTls(Throwable thrown) {
    boolean cutOff =
        thrown.getCause() instanceof EOFException || thrown.getCause() instanceof SocketException;
    return thrown instanceof SSLException && !cutOff;
  }

  private static boolean isProtocol(Throwable thrown) {
    return (thrown instanceof ProtocolException && !isBrokenOff(thrown))
        || !(thrown instanceof IOException)
        || thrown.getCause() instanceof DataFormatException
        || isBrokenGzip(thrown)
        || messageOf(thrown).startsWith("stream was reset: PROTOCOL_ERROR");
  }

  /** OkHttp calls it a breach of protocol that the connection ended before the body did. */
  private static boolean isBrokenOff(Throwable thrown) {
    return messageOf(thrown).startsWith("unexpected end of stream");
  }

  private static boolean isBrokenGzip(Throwable thrown) {
    String text = messageOf(thrown);
    return text.startsWith("ID1ID2") || text.startsWith("CRC") || text.startsWith("ISIZE");
  }

  /** A breach for which OkHttp has no words, or the wrong ones; null if there was none. */
  private static @Nullable String breach(Throwable thrown, WireCall wire) {
    ConnectionWatch watch = wire.use().watch();
    if (watch == null || !watch.isMultiplexed()) {
      return isHeaderFlood(thrown, wire) ? "its headers are over 256 KiB" : null;
    }
    if (watch.isFlooded()) {
      return "it sends nothing but control frames";
    }
    if (watch.startedAsHttp1()) {
      return "it speaks HTTP/1 where HTTP/2 was agreed on";
    }
    return isBadFrame(thrown) ? messageOf(thrown) : null;
  }

  /**
   * OkHttp throws plain {@code IOException}s at frames and headers that it cannot read, so they are
   * known by where they were thrown.
   */
  private static boolean isBadFrame(Throwable thrown) {
    StackTraceElement[] stack = thrown.getStackTrace();
    return thrown.getClass() == IOException.class
        && stack.length > 0
        && READERS.contains(stack[0].getClassName().replaceFirst("\\$.*", ""))
        && !messageOf(thrown).startsWith("Required SETTINGS preface");
  }

  /** OkHttp says at its limit that the stream ended. */
  private static boolean isHeaderFlood(Throwable thrown, WireCall wire) {
    return !wire.answered()
        && thrown.getCause() instanceof EOFException
        && wire.use().receivedBytes() >= MOST_HEADER_BYTES;
  }

  /** OkHttp keeps these types internal, so they are known by name. */
  private static boolean isRefused(Throwable thrown) {
    return thrown instanceof OkHttpGuard.Retired
        || thrown.getClass().getSimpleName().equals("ConnectionShutdownException")
        || (isStreamReset(thrown) && messageOf(thrown).endsWith("REFUSED_STREAM"));
  }

  /** One stream of HTTP/2 ended; its connection lives. */
  private static boolean isStreamReset(Throwable thrown) {
    return thrown.getClass().getSimpleName().equals("StreamResetException");
  }

  private static String detail(Kind kind, Throwable thrown, WireCall wire, CallContext context) {
    String host = context.request().host();
    String proxy = wire.attempt().proxy();
    if (kind == Kind.DNS) {
      return wire.proxied().looksUpProxy() ? "the proxy " + proxy : host;
    }
    String known = kind == Kind.CONNECT ? ProxyFailures.detail(thrown, proxy, host) : "";
    if (!known.isEmpty()) {
      return known;
    }
    String breach = kind == Kind.PROTOCOL ? breach(thrown, wire) : null;
    String reason = (breach == null ? messageOf(thrown) : breach).replace('\n', ' ').strip();
    // OkHttp's text for a certificate of another host is a page long; its first part says it all.
    String cut = reason.length() > 120 ? reason.substring(0, 120) + "..." : reason;
    String hint = kind == Kind.TLS && isDistrust(thrown) ? TRUST : "";
    return cut.isEmpty() ? host : host + ": " + cut + hint;
  }

  /** A certificate that is self-signed, or of an authority of somebody's own. */
  private static boolean isDistrust(Throwable thrown) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if (cause instanceof CertPathBuilderException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  static String messageOf(Throwable thrown) {
    @Nullable String message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : message;
  }

  /** The body is over the limit; thrown inside the transport only. */
  static final class TooLarge extends IOException {

    private static final long serialVersionUID = 1L;

    private final long limit;
    private final String name;

    TooLarge(long limit, String name) {
      super("body over " + limit + " bytes");
      this.limit = limit;
      this.name = name;
    }

    BodyTooLargeError error(CallContext context) {
      return new BodyTooLargeError(limit, name, context.facts());
    }
  }
}
