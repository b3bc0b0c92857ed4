package dev.fetchwell.internal.pipeline;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.observe.Exchanged;
import dev.fetchwell.observe.Phases;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes over the wire in one attempt, and when; kept only for those who listen. Written by the
 * threads that work on the attempt, read by any.
 */
public final class WireTrace {

  private static final byte[] EMPTY = {};

  /** Of an attempt of which nobody wants to know: it notes nothing, and reads no clock. */
  static final WireTrace NONE = new WireTrace(null);

  private final @Nullable PhaseClock clock;
  private volatile @Nullable FetchRequest request;
  private volatile @Nullable ReplyHeaders headers;
  private volatile byte[] body = EMPTY;
  private volatile @Nullable InetSocketAddress peer;

  private WireTrace(@Nullable PhaseClock clock) {
    this.clock = clock;
  }

  /** Of an attempt that begins now. */
  static WireTrace by(Timer timer) {
    return new WireTrace(new PhaseClock(timer));
  }

  /** Moments of an attempt, in their usual order. */
  public enum Mark {
    /** It has all that it waits for on this side. */
    GRANTED,
    /** The name is being looked up. */
    DNS_START,
    /** It was. */
    DNS_END,
    /** A connection is being opened. */
    CONNECT_START,
    /** The TLS handshake begins. */
    TLS_START,
    /** It has ended. */
    TLS_END,
    /** It has a connection. */
    CONNECTED,
    /** The request begins to be sent. */
    SEND_START,
    /** It was sent, with its body. */
    SENT,
    /** The headers of the answer are here. */
    HEADERS,
    /** Its body is here. */
    RECEIVED,
    /** The caller's value was made of it. */
    DECODED;

    /** Whether the first time counts, if it happens more than once. */
    boolean isBeginning() {
      return this == DNS_START || this == CONNECT_START || this == TLS_START || this == SEND_START;
    }
  }

  /** Something happens now. */
  public void mark(Mark mark) {
    if (clock != null) {
      clock.mark(mark);
    }
  }

  /** What is sent. */
  public void markRequest(FetchRequest sent) {
    if (clock != null) {
      request = sent;
    }
  }

  /** The headers of the answer. */
  public void markHeaders(ReplyHeaders received) {
    if (clock != null) {
      headers = received;
    }
  }

  /** The beginning of the answer's body, which somebody wants to see. */
  public void markBody(byte[] start) {
    if (clock != null) {
      body = start;
    }
  }

  /** The other end of the connection. */
  public void markPeer(InetSocketAddress address) {
    if (clock != null) {
      peer = address;
    }
  }

  /** How long its parts took. */
  Phases phases() {
    return clock == null ? Phases.NONE : clock.phases();
  }

  /** What went over the wire; null if nothing did. */
  @Nullable Exchanged exchanged(Attempt attempt) {
    FetchRequest sent = request;
    ReplyHeaders received = headers;
    return sent == null
        ? null
        : new Exchanged(
            sent,
            received == null ? Map.of() : received.all(),
            ByteBuffer.wrap(body),
            attempt.protocol(),
            shown(peer),
            attempt.bytesOut(),
            attempt.bytesIn());
  }

  private static String shown(@Nullable InetSocketAddress address) {
    if (address == null) {
      return "";
    }
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
