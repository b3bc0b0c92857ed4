package dev.fetchwell.error;

/**
 * Something threw that should not have: a function of the caller's (see {@link #getCause()}), or
 * the machine ran out of threads or memory.
 */
public final class UnexpectedError extends FetchError {

  private static final long serialVersionUID = 1L;

  /** Creates an error around what was thrown. */
  public UnexpectedError(CallFacts facts, Throwable cause) {
    super("unexpected " + cause.getClass().getName(), facts, cause);
  }
}
