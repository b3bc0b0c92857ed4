package dev.fetchwell.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Jackson 2 throws, in words that quote nothing of the JSON. */
final class JacksonProblems2 {

  private static final Pattern TOKEN = Pattern.compile("token `JsonToken\\.(\\w{1,40})`");

  private final ObjectMapper mapper;
  private final TypeAdvice advice =
      new TypeAdvice(TypeAdvice.Jackson.TWO, ObjectMapper.class.getModule());

  JacksonProblems2(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  JsonCodecException of(JsonProcessingException thrown) {
    JsonPath path = new JsonPath(this::declared);
    for (JsonMappingException.Reference step : steps(thrown)) {
      path.down(step.getFrom(), step.getFieldName(), step.getIndex());
    }
    JsonProcessingException first = innermost(thrown);
    JsonLocation at = first.getLocation();
    return new JsonProblem(
            path,
            what(first),
            at == null ? 0 : at.getLineNr(),
            at == null ? 0 : at.getColumnNr(),
            advice(first))
        .because(thrown);
  }

  private static List<JsonMappingException.Reference> steps(JsonProcessingException thrown) {
    return thrown instanceof JsonMappingException mapping ? mapping.getPath() : List.of();
  }

  /** To tell where, Jackson 2 wraps a mapping around what is wrong with the text. */
  private static JsonProcessingException innermost(JsonProcessingException thrown) {
    return thrown.getClass() == JsonMappingException.class
            && thrown.getCause() instanceof JsonProcessingException first
        ? first
        : thrown;
  }

  private static String what(JsonProcessingException thrown) {
    if (thrown instanceof StreamConstraintsException) {
      return JsonProblem.OVER_LIMIT;
    }
    if (thrown instanceof JsonEOFException) {
      return JsonProblem.ENDS_EARLY;
    }
    if (thrown instanceof StreamReadException) {
      return JsonProblem.NOT_JSON;
    }
    if (thrown instanceof UnrecognizedPropertyException unknown) {
      return unknown.getReferringClass().getTypeName() + " has no such property";
    }
    Class<?> impossible = impossibleType(thrown);
    if (impossible != null || thrown instanceof InvalidDefinitionException) {
      return JsonProblem.impossible(impossible);
    }
    if (thrown instanceof ValueInstantiationException failed) {
      return JsonProblem.refused(failed.getType().getRawClass(), thrown.getCause());
    }
    if (thrown instanceof MismatchedInputException mismatch) {
      return JsonProblem.mismatch(
          mismatch.getOriginalMessage(), token(mismatch), mismatch.getTargetType());
    }
    return JsonProblem.thrown(thrown.getCause() == null ? thrown : thrown.getCause());
  }

  /** Jackson 3's exceptions have it; the parser of this one is closed by now. */
  private static @Nullable String token(MismatchedInputException mismatch) {
    if (mismatch instanceof InvalidFormatException format && format.getValue() != null) {
      return format.getValue() instanceof Number ? "VALUE_NUMBER_INT" : "VALUE_STRING";
    }
    Matcher named = TOKEN.matcher(String.valueOf(mismatch.getOriginalMessage()));
    return named.find() ? named.group(1) : null;
  }

  private String advice(JsonProcessingException thrown) {
    Class<?> type = impossibleType(thrown);
    return type == null ? "" : advice.on(type);
  }

  /**
   * The type of which no values can be made, whatever the text; null if that is not the trouble.
   */
  private static @Nullable Class<?> impossibleType(JsonProcessingException thrown) {
    if (thrown instanceof InvalidDefinitionException illegal) {
      JavaType type = illegal.getType();
      return type == null ? null : type.getRawClass();
    }
    // A constructor that a module keeps to itself is found out when it is called.
    return thrown instanceof ValueInstantiationException closed
            && closed.getCause() instanceof IllegalAccessException
        ? closed.getType().getRawClass()
        : null;
  }

  private @Nullable String declared(Class<?> bean, String name) {
    for (BeanPropertyDefinition property :
        mapper.getDeserializationConfig().introspect(mapper.constructType(bean)).findProperties()) {
      if (property.getName().equalsIgnoreCase(name)) {
        return property.getName();
      }
    }
    return null;
  }
}
