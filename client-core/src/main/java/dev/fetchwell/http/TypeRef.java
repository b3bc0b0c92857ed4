package dev.fetchwell.http;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type that survives erasure. Create an anonymous subclass:
 *
 * <pre>{@code
 * client.getJson("/users", new TypeRef<List<User>>() {});
 * }</pre>
 *
 * @param <T> the type
 */
@SuppressWarnings("unused") // T is read by reflection.
public class TypeRef<T> {

  private final Type type;

  /**
   * Captures the type argument of the subclass.
   *
   * @throws IllegalStateException if there is none: {@code new TypeRef() {}}
   */
  protected TypeRef() {
    Type parent = getClass().getGenericSuperclass();
    if (!(parent instanceof ParameterizedType parameterized)) {
      throw new IllegalStateException(
          "TypeRef without a type argument (expected: new TypeRef<List<User>>() {})");
    }
    this.type = parameterized.getActualTypeArguments()[0];
  }

  /** A type that is known already; for subclasses whose own argument does not say it. */
  protected TypeRef(Type type) {
    this.type = type;
  }

  /** The captured type. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }
}
