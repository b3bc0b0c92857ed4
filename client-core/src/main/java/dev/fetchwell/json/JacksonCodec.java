package dev.fetchwell.json;

import java.lang.reflect.Type;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by Jackson 3. Thread-safe.
 *
 * <p>Jackson's own limits on nesting, number and string length stay on, as a server may be hostile.
 * By default a text with anything behind its value is an error. What Jackson throws becomes a
 * {@link JsonCodecException} that says where and what, and has it as its cause.
 *
 * <p>It needs {@code tools.jackson.core:jackson-databind}, and of {@code
 * com.fasterxml.jackson.core:jackson-annotations}, which Jackson 2 shares, the version that goes
 * with it (2.21 for Jackson 3.1). Where a platform pins an older one, see {@link JacksonCodec2}.
 */
public final class JacksonCodec implements JsonCodec {

  /** Beyond, readers are made again; a program has this many types in its APIs only by mistake. */
  private static final int MAX_READERS = 1_000;

  private final ObjectMapper mapper;
  private final JacksonProblems problems;

  /** Looking a type up in the mapper for each call costs about as much as reading a small value. */
  private final ConcurrentHashMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

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
    this.mapper = Objects.requireNonNull(mapper, "mapper");
    problems = new JacksonProblems(mapper);
  }

  @Override
  public byte[] encode(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JacksonException thrown) {
      throw problems.of(thrown);
    }
  }

  @Override
  public @Nullable Object decode(byte[] json, Type type) {
    try {
      return reader(type).readValue(json);
    } catch (JacksonException thrown) {
      throw problems.of(thrown);
    }
  }

  private ObjectReader reader(Type type) {
    ObjectReader known = readers.get(type);
    if (known == null) {
      if (readers.size() >= MAX_READERS) {
        readers.clear();
      }
      known = mapper.readerFor(mapper.constructType(type));
      readers.put(type, known);
    }
    return known;
  }
}
