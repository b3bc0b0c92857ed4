package dev.fetchwell.internal.call;

import dev.fetchwell.internal.async.Platform;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rooms above the facade need of a request and its users must not see. The facade's class
 * says how when it is loaded, which is before anybody can have a request.
 */
public final class RequestAccess {

  private static final AtomicReference<@Nullable Function<Object, ClientRuntime>> RUNTIME =
      new AtomicReference<>();

  private RequestAccess() {}

  /** How to get at the client behind a request. */
  public static void provide(Function<Object, ClientRuntime> runtimeOf) {
    RUNTIME.set(runtimeOf);
  }

  /** Time and threads of the client that a {@code RequestSpec} belongs to. */
  public static Platform platformOf(Object requestSpec) {
    Function<Object, ClientRuntime> provided = RUNTIME.get();
    if (provided == null) {
      throw new IllegalStateException("no request was made yet");
    }
    return provided.apply(requestSpec).platform();
  }
}
