package dev.fetchwell.json;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into JSON and back. Must be thread-safe.
 *
 * <p>Whatever an implementation throws ends the call: with an {@code InvalidRequestError} when
 * encoding, with a {@code DecodeError} when decoding. Decoding is part of the call, under its
 * permits, its attempt timeout and its deadline.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().codec(new JacksonCodec(mapper)).build();
 * }</pre>
 */
public interface JsonCodec {

  /** The value as JSON in UTF-8; called on the thread that calls {@code asJson} and its like. */
  byte[] encode(Object value);

  /**
   * The value of a JSON text; called on the call's own thread, whose context class loader is this
   * library's. Null stands for the JSON literal {@code null}.
   *
   * @param json the text in UTF-8, or in UTF-16 or UTF-32 if the response says so; never empty
   * @param type what to decode it as
   */
  @Nullable Object decode(byte[] json, Type type);
}
