package dev.fetchwell.json;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a JSON text, or with the type that it was to become, in words that quote
 * nothing of the text.
 *
 * @param path where it is
 * @param what what is wrong
 * @param line the line, from 1, or a lower number if it is not known
 * @param column the column, from 1, or a lower number if it is not known
 * @param advice what to do about it, or an empty string
 */
record JsonProblem(JsonPath path, String what, int line, int column, String advice) {

  static final String NOT_JSON = "not JSON";
  static final String ENDS_EARLY = "the JSON ends too early";
  static final String OVER_LIMIT =
      "over one of the codec's limits (on nesting, and on the length of names, strings and numbers)";
  static final String TRAILING = "something stands behind the JSON value";

  /** Both Jacksons begin these messages so, and have no types for them. */
  private static final String NOTHING_BEFORE = "No content to map";

  private static final String SOMETHING_BEHIND = "Trailing token";
  private static final String NULL_FOR_PRIMITIVE = "Cannot map `null` into type";

  /** What a value of another kind than the type's is called. */
  static String mismatch(
      @Nullable String message, @Nullable String token, @Nullable Class<?> target) {
    if (message != null && message.startsWith(NOTHING_BEFORE)) {
      return ENDS_EARLY;
    }
    if (message != null && message.startsWith(SOMETHING_BEHIND)) {
      return TRAILING;
    }
    boolean absent = message != null && message.startsWith(NULL_FOR_PRIMITIVE);
    String expected = target == null ? "another value" : target.getTypeName();
    return (absent ? "null, or nothing," : kind(token)) + " where " + expected + " was expected";
  }

  /** Both Jacksons have the same names for kinds of tokens. */
  private static String kind(@Nullable String token) {
    return switch (token == null ? "" : token) {
      case "START_OBJECT", "PROPERTY_NAME", "FIELD_NAME", "END_OBJECT" -> "an object";
      case "START_ARRAY", "END_ARRAY" -> "an array";
      case "VALUE_STRING" -> "a string";
      case "VALUE_NUMBER_INT", "VALUE_NUMBER_FLOAT" -> "a number";
      case "VALUE_TRUE", "VALUE_FALSE" -> "a boolean";
      case "VALUE_NULL" -> "null";
      default -> "a value";
    };
  }

  /** What is wrong if it is the type. */
  static String impossible(@Nullable Class<?> type) {
    return "Jackson has no way to read or write " + (type == null ? "it" : type.getTypeName());
  }

  /** What a type is called whose own code did not want the value. */
  static String refused(Class<?> type, @Nullable Throwable cause) {
    return "the constructor of " + type.getTypeName() + (cause == null ? " failed" : threw(cause));
  }

  /** What is known of anything else. */
  static String thrown(Throwable thrown) {
    return thrown.getClass().getSimpleName();
  }

  private static String threw(Throwable cause) {
    return " threw " + cause.getClass().getName();
  }

  JsonCodecException because(Throwable thrown) {
    String where = path.isRoot() ? "" : path + ": ";
    String position = line > 0 && column > 0 ? ", at line " + line + ", column " + column : "";
    String todo = advice.isEmpty() ? "" : " (expected: " + advice + ")";
    return new JsonCodecException(where + what + position + todo, thrown);
  }
}
