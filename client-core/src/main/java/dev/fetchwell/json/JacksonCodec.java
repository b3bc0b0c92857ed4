package dev.fetchwell.json;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by Jackson 3. Thread-safe.
 *
 * <p>Jackson's own limits on nesting, number and string length stay on, as a server may be hostile.
 * A text with anything behind its value is an error.
 */
public final class JacksonCodec implements JsonCodec {

  private final ObjectMapper mapper;

  /** Jackson's defaults; unknown properties are ignored, so that servers may add some. */
  public JacksonCodec() {
    this(
        JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build());
  }

  /** A mapper of your own, with its modules and features. */
  public JacksonCodec(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public byte[] encode(Object value) {
    return mapper.writeValueAsBytes(value);
  }

  @Override
  public @Nullable Object decode(byte[] json, Type type) {
    return mapper.readValue(json, mapper.constructType(type));
  }
}
