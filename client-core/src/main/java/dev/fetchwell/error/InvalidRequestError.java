package dev.fetchwell.error;

import org.jspecify.annotations.Nullable;

/** The request cannot be sent as it is: a bad URL, header, template or body. */
public final class InvalidRequestError extends FetchError {

  private static final long serialVersionUID = 1L;

  /** Creates an error saying what is wrong and what was expected. */
  public InvalidRequestError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super("invalid request: " + problem, facts.notProcessed(), cause);
  }
}
