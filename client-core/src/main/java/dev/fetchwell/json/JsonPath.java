package dev.fetchwell.json;

import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Where in a JSON text something is, such as {@code $.users[3].name}. The text may be anybody's, so
 * only names that the target type has are shown; a key of a map, or any other name that the text
 * chose, is {@code *}.
 */
final class JsonPath {

  private static final int MAX_STEPS = 20;

  private final StringBuilder shown = new StringBuilder("$");
  private final BiFunction<Class<?>, String, @Nullable String> declared;
  private int steps;

  /**
   * The root.
   *
   * @param declared the property of a class that a name in the text stands for, as the class has
   *     it, or null
   */
  JsonPath(BiFunction<Class<?>, String, @Nullable String> declared) {
    this.declared = declared;
  }

  /**
   * One step down.
   *
   * @param from the value, or the type of one, that is left
   * @param name the name of a member, or null
   * @param index the index of an element, or a negative number
   */
  void down(@Nullable Object from, @Nullable String name, int index) {
    steps++;
    if (steps == MAX_STEPS + 1) {
      shown.append("...");
    }
    if (steps > MAX_STEPS) {
      return;
    }
    if (name == null) {
      shown.append(index < 0 ? "[*]" : "[" + index + "]");
      return;
    }
    String known = from == null || from instanceof Map ? null : known(from, name);
    shown.append('.').append(known == null ? "*" : known);
  }

  private @Nullable String known(Object from, String name) {
    try {
      return declared.apply(from instanceof Class<?> type ? type : from.getClass(), name);
    } catch (RuntimeException | LinkageError notIntrospected) {
      // It is only for a message, which is right without it.
      return null;
    }
  }

  boolean isRoot() {
    return steps == 0;
  }

  @Override
  public String toString() {
    return shown.toString();
  }
}
