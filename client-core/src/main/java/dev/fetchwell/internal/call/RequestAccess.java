package dev.fetchwell.internal.call;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the rooms above the facade need of a request and its users must not see. The facade's class
 * says how when it is loaded, which is before anybody can have a request.
 */
public final class RequestAccess {

  private static final AtomicReference<@Nullable Inside> INSIDE = new AtomicReference<>();

  private RequestAccess() {}

  /** What is inside of a {@code RequestSpec}. */
  public interface Inside {

    /** The client that it belongs to. */
    ClientRuntime clientOf(Object requestSpec);

    /** What it fills. */
    RequestDraft draftOf(Object requestSpec);
  }

  /** How to get at what is inside of a request. */
  public static void provide(Inside inside) {
    INSIDE.set(inside);
  }

  private static Inside inside() {
    Inside provided = INSIDE.get();
    if (provided == null) {
      throw new IllegalStateException("no request was made yet");
    }
    return provided;
  }

  /** Time and threads of the client that a request belongs to. */
  public static Platform platformOf(Object requestSpec) {
    return inside().clientOf(requestSpec).platform();
  }

  /** Whether sending it twice has the same effect as sending it once, going by its method alone. */
  public static boolean isIdempotent(Object requestSpec) {
    return inside().draftOf(requestSpec).isIdempotent();
  }

  /** Adds a header unless the request, or its client, has one of that name. */
  public static void addHeaderIfAbsent(Object requestSpec, String name, String value) {
    inside().draftOf(requestSpec).addHeaderIfAbsent(name, value);
  }

  /** From its headers on the request is not sent again, also not before its body's first byte. */
  public static void keepFirstBody(Object requestSpec) {
    inside().draftOf(requestSpec).options(options -> options.reopensBody(false));
  }

  /**
   * Tells the listeners that a stream connects again.
   *
   * @param call the one that has ended, or failed
   * @param cause why it failed; null if the server ended it
   * @param hasLastEventId whether the next request says behind which event it goes on
   */
  public static void tellReconnecting(
      CompletableFuture<?> call,
      Duration delay,
      @Nullable FetchError cause,
      boolean hasLastEventId) {
    CallEngine.tellReconnecting(call, delay, cause, hasLastEventId);
  }
}
