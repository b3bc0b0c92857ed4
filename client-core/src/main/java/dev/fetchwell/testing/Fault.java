package dev.fetchwell.testing;

import dev.fetchwell.error.ConnectionError.Kind;

/** What may go wrong on the way to a server, or back. */
public enum Fault {
  /** The host name has no address: a {@code ConnectionError} of kind {@code DNS}. */
  UNKNOWN_HOST(Kind.DNS, false),
  /** Nobody listens there: a {@code ConnectionError} of kind {@code CONNECT}; nothing was sent. */
  CONNECTION_REFUSED(Kind.CONNECT, false),
  /** No answer to the attempt to connect: a {@code FetchTimeoutError} of phase {@code CONNECT}. */
  CONNECT_TIMEOUT(Kind.CONNECT, false),
  /** A certificate that is not trusted: a {@code ConnectionError} of kind {@code TLS}. */
  UNTRUSTED_CERTIFICATE(Kind.TLS, false),
  /** The connection broke after the request was sent: {@code ConnectionError}, {@code RESET}. */
  CONNECTION_RESET(Kind.RESET, true),
  /** What came back is not HTTP: a {@code ConnectionError} of kind {@code PROTOCOL}. */
  NOT_HTTP(Kind.PROTOCOL, true),
  /** The request was sent, and no answer ever comes: the attempt's timeout ends it. */
  NO_ANSWER(Kind.RESET, true);

  private final Kind kind;
  private final boolean sent;

  Fault(Kind kind, boolean sent) {
    this.kind = kind;
    this.sent = sent;
  }

  Kind kind() {
    return kind;
  }

  /** Whether the request was on its way before. */
  boolean comesAfterSending() {
    return sent;
  }
}
