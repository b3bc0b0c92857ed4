package dev.fetchwell.error;

import java.util.Objects;

/** The response's body, after decompression, is over the limit; the rest was not read. */
public final class BodyTooLargeError extends FetchError {

  private static final long serialVersionUID = 1L;

  private final long limit;

  /** Creates an error; the limit is in bytes. */
  public BodyTooLargeError(long limit, CallFacts facts) {
    this(limit, "maxResponseBytes", facts);
  }

  /** Creates an error for the limit of a name, which is in bytes. */
  public BodyTooLargeError(long limit, String name, CallFacts facts) {
    super(
        "body over "
            + limit
            + " bytes (raise "
            + Objects.requireNonNull(name, "name")
            + ", or stream it)",
        facts,
        null);
    this.limit = limit;
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }
}
