package dev.fetchwell.json;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into JSON and back. Must be thread-safe.
 *
 * <p>Whatever an implementation throws ends the call with an {@code InvalidRequestError} when
 * encoding and a {@code DecodeError} when decoding.
 */
public interface JsonCodec {

  /** The value as JSON in UTF-8; called on the caller's thread. */
  byte[] encode(Object value);

  /**
   * The value of a JSON text; called on the call's own thread. Null stands for the JSON literal
   * {@code null}.
   *
   * @param json never empty
   * @param type what to make of it
   */
  @Nullable Object decode(byte[] json, Type type);
}
