package dev.fetchwell.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The transport failed: there was no connection, it broke, or what came over it was not HTTP. The
 * exception of OkHttp or the JDK is the cause.
 */
public sealed class ConnectionError extends FetchError permits SocketClosedError {

  /** How the transport failed. */
  public enum Kind {
    /** The host name has no address. */
    DNS("host name not found"),
    /** No connection was made. */
    CONNECT("could not connect"),
    /** The TLS handshake failed: certificate, host name, protocol. */
    TLS("TLS handshake failed"),
    /** An open connection broke before the whole response had arrived. */
    RESET("connection lost"),
    /** The peer broke the rules of HTTP. */
    PROTOCOL("malformed response");

    private final String what;

    Kind(String what) {
      this.what = what;
    }
  }

  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** Creates an error. */
  public ConnectionError(Kind kind, String detail, CallFacts facts, @Nullable Throwable cause) {
    super(
        Objects.requireNonNull(kind, "kind").what
            + (Objects.requireNonNull(detail, "detail").isEmpty() ? "" : ": " + detail)
            + " ["
            + kind
            + "]",
        facts,
        cause);
    this.kind = kind;
  }

  ConnectionError(ConnectionError other, CallFacts facts) {
    super(other, facts);
    this.kind = other.kind;
  }

  @Override
  ConnectionError copy(CallFacts others) {
    return new ConnectionError(this, others);
  }

  /** How the transport failed. */
  public final Kind kind() {
    return kind;
  }
}
