package dev.fetchwell.json;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON by Jackson 2, for programs whose platform has that one, such as Spring Boot 3. Thread-safe.
 * Add {@code com.fasterxml.jackson.core:jackson-databind}, 2.15 or later, which does not come with
 * this library.
 *
 * <p>It does what {@link JacksonCodec} does: the same limits for hostile servers, the same features
 * (those that Jackson 3 has by default), the same messages. For {@code java.time}, {@code Optional}
 * and the names of parameters it takes Jackson's modules for Java 8 ({@code
 * jackson-datatype-jsr310}, {@code jackson-datatype-jdk8}, {@code jackson-module-parameter-names})
 * if they are there.
 *
 * <p>A JSON tree is a {@code com.fasterxml.jackson.databind.JsonNode} here: {@code getJson(url)}
 * and {@code asJson()}, which give Jackson 3's, are not for it.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().codec(new JacksonCodec2(objectMapper)).build();
 * }</pre>
 */
public final class JacksonCodec2 implements JsonCodec {

  /** Beyond, readers are made again; a program has this many types in its APIs only by mistake. */
  private static final int MAX_READERS = 1_000;

  /** Jackson 3 has these built in. */
  private static final List<String> MODULES =
      List.of(
          "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
          "com.fasterxml.jackson.datatype.jdk8.Jdk8Module",
          "com.fasterxml.jackson.module.paramnames.ParameterNamesModule");

  /** Those of Jackson 3. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder().maxNestingDepth(500).maxStringLength(100_000_000).build();

  private final ObjectMapper mapper;
  private final JacksonProblems2 problems;
  private final ConcurrentHashMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

  /** The defaults of {@link JacksonCodec#JacksonCodec()}. */
  public JacksonCodec2() {
    this(withDefaultsOfJackson3());
  }

  /** A mapper of your own, with its modules and features. */
  @SuppressWarnings("exports") // Were it transitive, a module without Jackson 2 could not compile.
  public JacksonCodec2(ObjectMapper mapper) {
    this.mapper = Objects.requireNonNull(mapper, "mapper");
    problems = new JacksonProblems2(mapper);
  }

  @Override
  public byte[] encode(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException thrown) {
      throw problems.of(thrown);
    }
  }

  @Override
  public @Nullable Object decode(byte[] json, Type type) {
    try {
      return reader(type).readValue(json);
    } catch (JsonProcessingException thrown) {
      throw problems.of(thrown);
    } catch (IOException notFromMemory) {
      throw new JsonCodecException(JsonProblem.thrown(notFromMemory), notFromMemory);
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

  private static ObjectMapper withDefaultsOfJackson3() {
    JsonMapper mapper =
        JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(
                DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                DeserializationFeature.READ_ENUMS_USING_TO_STRING)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(
                SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS)
            .disable(MapperFeature.USE_GETTERS_AS_SETTERS)
            .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.PUBLIC_ONLY)
            .build();
    MODULES.forEach(name -> register(name, mapper));
    return mapper;
  }

  private static void register(String name, ObjectMapper mapper) {
    try {
      Class<?> module = Class.forName(name, true, ObjectMapper.class.getClassLoader());
      mapper.registerModule((Module) module.getConstructor().newInstance());
    } catch (ReflectiveOperationException | LinkageError notThere) {
      // Or of a version that does not fit; only types that need it cannot be decoded then.
    }
  }
}
