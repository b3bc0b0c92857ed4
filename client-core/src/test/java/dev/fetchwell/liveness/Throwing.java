package dev.fetchwell.liveness;

import java.util.concurrent.Callable;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.implementation.InvocationHandlerAdapter;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/** Makes objects that throw, whatever their methods' parameters are. */
final class Throwing {

  private Throwing() {}

  /**
   * An instance whose one method throws and whose others do what the type's own do. Not by {@code
   * java.lang.reflect.Proxy}, which would wrap a checked exception.
   */
  static <T> T in(String method, Class<T> type, Scene scene) throws Exception {
    return made(
        type,
        ElementMatchers.named(method),
        () -> {
          throw scene.raise();
        });
  }

  /** An instance that runs this in all its methods that return nothing. */
  static <T> T inAny(Class<T> type, Runnable foreign) throws Exception {
    return made(
        type,
        ElementMatchers.returns(void.class).and(ElementMatchers.isPublic()),
        () -> {
          foreign.run();
          return null;
        });
  }

  private static <T> T made(
      Class<T> type, ElementMatcher<MethodDescription> methods, Callable<@Nullable Object> code)
      throws Exception {
    try (var made =
        new ByteBuddy()
            .subclass(type)
            .method(methods)
            .intercept(InvocationHandlerAdapter.of((self, called, arguments) -> code.call()))
            .make()) {
      ClassLoader loader = Throwing.class.getClassLoader();
      return made.load(loader).getLoaded().getDeclaredConstructor().newInstance();
    }
  }
}
