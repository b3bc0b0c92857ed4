package dev.fetchwell.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.introspect.ClassIntrospector;

/** What Jackson 3 throws, in words that quote nothing of the JSON. */
final class JacksonProblems {

  private final ObjectMapper mapper;
  private final TypeAdvice advice =
      new TypeAdvice(TypeAdvice.Jackson.THREE, ObjectMapper.class.getModule());

  JacksonProblems(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  JsonCodecException of(JacksonException thrown) {
    JsonPath path = new JsonPath(this::declared);
    for (JacksonException.Reference step : thrown.getPath()) {
      path.down(step.from(), step.getPropertyName(), step.getIndex());
    }
    TokenStreamLocation at = thrown.getLocation();
    return new JsonProblem(
            path,
            what(thrown),
            at == null ? 0 : at.getLineNr(),
            at == null ? 0 : at.getColumnNr(),
            advice(thrown))
        .because(thrown);
  }

  private static String what(JacksonException thrown) {
    if (thrown instanceof StreamConstraintsException) {
      return JsonProblem.OVER_LIMIT;
    }
    if (thrown instanceof UnexpectedEndOfInputException) {
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
      JsonToken token = mismatch.getCurrentToken();
      return JsonProblem.mismatch(
          mismatch.getOriginalMessage(),
          token == null ? null : token.name(),
          mismatch.getTargetType());
    }
    return JsonProblem.thrown(thrown.getCause() == null ? thrown : thrown.getCause());
  }

  private String advice(JacksonException thrown) {
    Class<?> type = impossibleType(thrown);
    return type == null ? "" : advice.on(type);
  }

  /**
   * The type of which no values can be made, whatever the text; null if that is not the trouble.
   */
  private static @Nullable Class<?> impossibleType(JacksonException thrown) {
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
    JavaType type = mapper.constructType(bean);
    ClassIntrospector classes = mapper.deserializationConfig().classIntrospectorInstance();
    for (BeanPropertyDefinition property :
        classes
            .introspectForDeserialization(type, classes.introspectClassAnnotations(type))
            .findProperties()) {
      if (property.getName().equalsIgnoreCase(name)) {
        return property.getName();
      }
    }
    return null;
  }
}
