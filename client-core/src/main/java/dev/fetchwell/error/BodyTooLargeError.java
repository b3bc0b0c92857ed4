package dev.fetchwell.error;

/** The response's body, after decompression, is over the limit; the rest was not read. */
public final class BodyTooLargeError extends FetchError {

  private static final long serialVersionUID = 1L;

  private final long limit;

  /** Creates an error; the limit is in bytes. */
  public BodyTooLargeError(long limit, CallFacts facts) {
    super("body over " + limit + " bytes (raise maxResponseBytes, or stream it)", facts, null);
    this.limit = limit;
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }
}
