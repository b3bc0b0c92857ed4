package dev.fetchwell.error;

import dev.fetchwell.internal.text.Printable;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Everything a call can fail with, apart from the {@link
 * java.util.concurrent.CancellationException} of a call that was cancelled.
 *
 * <p>It is called an error because it is the value that a failed call ends with, as HTTP speaks of
 * a client error and a server error: a future holds it and an {@code Outcome.Failure} carries it,
 * and most callers never see it thrown. It has nothing to do with {@link Error}, which programs
 * should not handle; it is a {@code RuntimeException}, because every program should handle it where
 * it can, and because futures and lambdas do not pass checked exceptions on.
 *
 * <p>It states facts; what to do about them is the caller's policy. The errors of earlier attempts
 * are {@linkplain #getSuppressed() suppressed} on it. Messages name the host and never contain a
 * query value, user info or a header's value; what cannot be seen in them, such as a line end or an
 * escape sequence of a terminal, is escaped as {@code \}{@code u000A}. The type is sealed, so a
 * {@code switch} over its subtypes can be complete.
 *
 * <pre>{@code
 * client.getJson(url, User.class).whenComplete((user, thrown) -> {
 *   if (FetchError.of(thrown) instanceof RateLimitedError limited) { ... }
 * });
 * }</pre>
 */
public abstract sealed class FetchError extends RuntimeException
    permits HttpStatusError,
        FetchTimeoutError,
        ConnectionError,
        DecodeError,
        BodyTooLargeError,
        RejectedError,
        InvalidRequestError,
        FileError,
        TokenError,
        UnexpectedError {

  private static final long serialVersionUID = 1L;

  private final transient CallFacts facts;

  /** What went wrong, without the facts. */
  private final transient String problem;

  FetchError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super(Printable.of(message(problem, Objects.requireNonNull(facts, "facts"))), cause);
    this.facts = facts;
    this.problem = problem;
  }

  FetchError(FetchError other, CallFacts facts) {
    this(other.problem, facts, other.getCause());
  }

  /**
   * The {@code FetchError} itself, or the one inside a {@code CompletionException} or {@code
   * ExecutionException}; null if there is none, as for a call that was cancelled.
   */
  public static @Nullable FetchError of(@Nullable Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      inner = inner.getCause();
    }
    return inner instanceof FetchError error ? error : null;
  }

  /** The request's method. */
  public final String method() {
    return facts.method();
  }

  /** The address, with query values and user info replaced by {@code ***}. */
  public final String url() {
    return facts.url();
  }

  /** How many attempts had been started; 0 if the call failed before the first. */
  public final int attempts() {
    return facts.attempts();
  }

  /** The time from the call's start to this error, with queueing, retries and waits. */
  public final Duration elapsed() {
    return facts.elapsed();
  }

  /**
   * Whether a server may have acted on the request. If false, sending it again is safe whatever it
   * does; if true, only an idempotent request may be repeated.
   */
  public final boolean mayHaveBeenProcessed() {
    return facts.mayHaveBeenProcessed();
  }

  /** All facts together, for an error that is made from this one. */
  public final CallFacts facts() {
    return facts;
  }

  /**
   * The same failure of another call that shared this one's attempts: an error of the same type
   * with the same problem and cause, and with facts and a stack trace of its own. What is
   * suppressed on this one is copied too. So what one caller adds to an error, no other one sees.
   */
  public final FetchError withFacts(CallFacts others) {
    FetchError copy = copy(Objects.requireNonNull(others, "facts"));
    for (Throwable earlier : getSuppressed()) {
      copy.addSuppressed(
          earlier instanceof FetchError known ? known.withFacts(known.facts()) : earlier);
    }
    return copy;
  }

  /** The same error with other facts. */
  abstract FetchError copy(CallFacts others);

  private static String message(String problem, CallFacts facts) {
    if (facts.method().isEmpty()) {
      return problem;
    }
    String tries = facts.attempts() > 1 ? ", attempt " + facts.attempts() : "";
    long millis = facts.elapsed().toMillis();
    return facts.method()
        + " "
        + facts.url()
        + ": "
        + problem
        + " ("
        + (facts.proxy().isEmpty() ? "" : "through the proxy " + facts.proxy() + ", ")
        + "after "
        + millis
        + " ms"
        + tries
        + ")";
  }
}
