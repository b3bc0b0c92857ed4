package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something threw that should not have: a function of the caller's, such as {@code retryIf}, an
 * interceptor or the handler of a stream, or the machine ran out of threads or memory. What was
 * thrown is the {@linkplain #getCause() cause}, whose type and text are in the message.
 */
public final class UnexpectedError extends FetchError {

  private static final long serialVersionUID = 1L;

  private static final int MAX_TEXT = 200;

  /** How OkHttp begins when it refuses a header; the value follows, which may be secret. */
  private static final Pattern HEADER_VALUE =
      Pattern.compile("Unexpected char \\S+ at \\d+ in \\S+ value: ");

  /** Creates an error around what was thrown. */
  public UnexpectedError(CallFacts facts, Throwable cause) {
    super("unexpected " + described(Objects.requireNonNull(cause, "cause")), facts, cause);
  }

  private static String described(Throwable cause) {
    String type = cause.getClass().getName();
    String text = cause.getMessage();
    if (text == null || text.isBlank()) {
      return type + " (see its cause)";
    }
    Matcher header = HEADER_VALUE.matcher(text);
    String shown = header.lookingAt() ? header.group() + "***" : text.strip();
    return type + ": " + (shown.length() > MAX_TEXT ? shown.substring(0, MAX_TEXT) + "..." : shown);
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
