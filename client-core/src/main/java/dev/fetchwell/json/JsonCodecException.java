package dev.fetchwell.json;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a codec throws that can say what is wrong without quoting the JSON. Its message becomes a
 * part of the call's error, and its cause the cause of that; of anything else that a codec throws
 * the message tells the type only, as it may hold what the server sent.
 *
 * <pre>{@code
 * throw new JsonCodecException("$.price: a string where a number was expected", thrown);
 * }</pre>
 */
public final class JsonCodecException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param problem what is wrong and what to do about it, without content of the JSON
   * @param cause what was thrown, whose message may quote the JSON; or null
   */
  public JsonCodecException(String problem, @Nullable Throwable cause) {
    super(Objects.requireNonNull(problem, "problem"), cause);
  }
}
