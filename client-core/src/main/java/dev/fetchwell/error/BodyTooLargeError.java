package dev.fetchwell.error;

import java.util.Objects;

/**
 * The response's body, after decompression, is over {@code maxResponseBytes} or {@code
 * maxBufferedBytes}, or a line or an event of a stream over {@code maxLength}, or a message of a
 * web socket over {@code maxMessageBytes}; the rest was not read.
 */
public final class BodyTooLargeError extends FetchError {

  private static final long serialVersionUID = 1L;

  private final long limit;

  /** Creates an error; the limit is in bytes. */
  public BodyTooLargeError(long limit, CallFacts facts) {
    this(limit, "maxResponseBytes", facts);
  }

  /** Creates an error for the limit of a name, which is in bytes. */
  public BodyTooLargeError(long limit, String name, CallFacts facts) {
    this(
        "body over "
            + limit
            + " bytes (raise "
            + Objects.requireNonNull(name, "name")
            + ", or stream it)",
        limit,
        facts);
  }

  private BodyTooLargeError(String message, long limit, CallFacts facts) {
    super(message, facts, null);
    this.limit = limit;
  }

  private BodyTooLargeError(BodyTooLargeError other, CallFacts facts) {
    super(other, facts);
    this.limit = other.limit;
  }

  @Override
  BodyTooLargeError copy(CallFacts others) {
    return new BodyTooLargeError(this, others);
  }

  /**
   * An error for a part of a stream that is too long.
   *
   * @param part what is too long, such as {@code line}
   * @param maxLength the limit in characters
   */
  public static BodyTooLargeError ofPart(String part, int maxLength, CallFacts facts) {
    Objects.requireNonNull(part, "part");
    String message = part + " over " + maxLength + " characters (raise maxLength of the stream)";
    return new BodyTooLargeError(message, maxLength, facts);
  }

  /** The error for a message of a web socket; the limit is in bytes. */
  public static BodyTooLargeError ofMessage(long limit, CallFacts facts) {
    return new BodyTooLargeError(
        "message over " + limit + " bytes (raise maxMessageBytes)", limit, facts);
  }

  /** The limit in bytes; that of a line or an event of a stream is in characters. */
  public long limit() {
    return limit;
  }
}
