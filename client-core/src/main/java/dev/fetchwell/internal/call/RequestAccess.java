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

  private static final AtomicReference<@Nullable Function<Object, Parts>> PARTS =
      new AtomicReference<>();

  private RequestAccess() {}

  /**
   * What is behind a request.
   *
   * @param client sends it
   * @param draft as it is now
   */
  public record Parts(ClientRuntime client, RequestDraft draft) {}

  /** How to get at what is behind a request. */
  public static void provide(
      Function<Object, ClientRuntime> clientOf, Function<Object, RequestDraft> draftOf) {
    PARTS.set(spec -> new Parts(clientOf.apply(spec), draftOf.apply(spec)));
  }

  /** Time and threads of the client that a {@code RequestSpec} belongs to. */
  public static Platform platformOf(Object requestSpec) {
    return partsOf(requestSpec).client().platform();
  }

  /** What is behind a {@code RequestSpec}. */
  public static Parts partsOf(Object requestSpec) {
    Function<Object, Parts> provided = PARTS.get();
    if (provided == null) {
      throw new IllegalStateException("no request was made yet");
    }
    return provided.apply(requestSpec);
  }
}
