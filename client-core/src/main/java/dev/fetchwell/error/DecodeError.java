package dev.fetchwell.error;

import java.lang.reflect.Type;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The response's body cannot be decoded as what was asked for: broken JSON, JSON of another shape,
 * or no body at all. Its cause is what the codec threw, if it threw.
 *
 * <p>The message says where in the JSON, by names that the type has, what was expected, and what to
 * do if that is known. It quotes nothing that the server sent. {@link #snippet()} does, and so does
 * the cause: what codecs such as Jackson throw has parts of the body in its message. A log that
 * prints causes shows them.
 */
public final class DecodeError extends FetchError {

  /** How many characters {@link #snippet()} has at most. */
  public static final int MAX_SNIPPET = 200;

  private static final long serialVersionUID = 1L;
  private static final String SEE = " (see its cause and snippet())";

  private final transient Type type;
  private final String snippet;

  /**
   * Creates an error.
   *
   * @param type what was asked for
   * @param problem what is wrong, without content of the body
   * @param text the body; only its start is kept
   */
  public DecodeError(
      Type type, String problem, String text, CallFacts facts, @Nullable Throwable cause) {
    super(
        "cannot decode the body as "
            + Objects.requireNonNull(type, "type").getTypeName()
            + ": "
            + Objects.requireNonNull(problem, "problem")
            + (Objects.requireNonNull(text, "text").isEmpty() ? "" : SEE),
        facts,
        cause);
    this.type = type;
    this.snippet = text.length() <= MAX_SNIPPET ? text : text.substring(0, MAX_SNIPPET);
  }

  private DecodeError(DecodeError other, CallFacts facts) {
    super(other, facts);
    this.type = other.type;
    this.snippet = other.snippet;
  }

  @Override
  DecodeError copy(CallFacts others) {
    return new DecodeError(this, others);
  }

  /** What was asked for. */
  public Type type() {
    return type;
  }

  /** The start of the body; not part of the message, as it may hold personal data. */
  public String snippet() {
    return snippet;
  }
}
