package dev.fetchwell.error;

/**
 * The response's body, or a web socket's message, is over the limit after decompression; the rest
 * was not read.
 */
public final class BodyTooLargeError extends FetchError {

  private static final long serialVersionUID = 1L;

  private final long limit;

  /** Creates an error; the limit is in bytes. */
  public BodyTooLargeError(long limit, CallFacts facts) {
    this("body over " + limit + " bytes (raise maxResponseBytes, or stream it)", limit, facts);
  }

  private BodyTooLargeError(String problem, long limit, CallFacts facts) {
    super(problem, facts, null);
    this.limit = limit;
  }

  /** The error for a message of a web socket; the limit is in bytes. */
  public static BodyTooLargeError ofMessage(long limit, CallFacts facts) {
    return new BodyTooLargeError(
        "message over " + limit + " bytes (raise maxMessageBytes)", limit, facts);
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }
}
