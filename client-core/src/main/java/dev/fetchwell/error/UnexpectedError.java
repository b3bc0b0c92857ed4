package dev.fetchwell.error;

import dev.fetchwell.internal.text.CauseText;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Something threw that should not have: a function of the caller's, such as {@code retryIf}, an
 * interceptor or the handler of a stream, or the machine ran out of threads or memory. What was
 * thrown is the {@linkplain #getCause() cause}.
 *
 * <p>The message has the first 200 characters of the cause's own, in which addresses are redacted
 * and what looks like a credential is hidden; not if the cause is one of a JSON library's, as those
 * quote what they read.
 */
public final class UnexpectedError extends FetchError {

  private static final long serialVersionUID = 1L;

  /** Creates an error around what was thrown. */
  public UnexpectedError(CallFacts facts, Throwable cause) {
    super(
        "unexpected " + CauseText.of(Objects.requireNonNull(cause, "cause")) + " (see its cause)",
        facts,
        cause);
  }

  private UnexpectedError(UnexpectedError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  UnexpectedError copy(CallFacts others) {
    return new UnexpectedError(this, others);
  }

  /**
   * What is thrown, as a {@code FetchError}: itself if it is one, else an {@code UnexpectedError}
   * around it that belongs to no call.
   */
  public static FetchError wrap(Throwable thrown) {
    Objects.requireNonNull(thrown, "thrown");
    FetchError known = FetchError.of(thrown);
    if (known != null) {
      return known;
    }
    return new UnexpectedError(new CallFacts("", "", 0, Duration.ZERO, true), inner(thrown));
  }

  private static Throwable inner(Throwable thrown) {
    boolean wrapped = thrown instanceof CompletionException || thrown instanceof ExecutionException;
    Throwable cause = thrown.getCause();
    return wrapped && cause != null ? cause : thrown;
  }
}
