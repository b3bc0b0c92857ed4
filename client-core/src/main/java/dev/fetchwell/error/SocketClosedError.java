package dev.fetchwell.error;

import java.util.Objects;

/**
 * The server closed a web socket with a close frame; its {@link #kind} is {@link Kind#RESET}. What
 * its code means for the socket is in {@code docs/sockets.md}.
 */
public final class SocketClosedError extends ConnectionError {

  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;

  /**
   * Creates an error.
   *
   * @param meaning what the code stands for, such as {@code "going away"}
   * @param reason the server's own text; it is not shown in the message
   */
  public SocketClosedError(int code, String meaning, String reason, CallFacts facts) {
    super(
        Kind.RESET,
        "closed by the server with "
            + code
            + " ("
            + Objects.requireNonNull(meaning, "meaning")
            + ")",
        facts,
        null);
    this.code = code;
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  private SocketClosedError(SocketClosedError other, CallFacts facts) {
    super(other, facts);
    this.code = other.code;
    this.reason = other.reason;
  }

  @Override
  SocketClosedError copy(CallFacts others) {
    return new SocketClosedError(this, others);
  }

  /** The close code, such as 1001; 1005 if the close frame had none. */
  public int code() {
    return code;
  }

  /** The server's own text, perhaps empty. */
  public String reason() {
    return reason;
  }
}
