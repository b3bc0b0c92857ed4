package dev.fetchwell.internal.call;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rooms above the facade need of a request and its users must not see. The facade's class
 * says how when it is loaded, which is before anybody can have a request.
 */
public final class RequestAccess {

  private static final AtomicReference<@Nullable Inside> INSIDE = new AtomicReference<>();

  private RequestAccess() {}

  private record Inside(
      Function<Object, ClientRuntime> client, Function<Object, RequestDraft> draft) {}

  /** How to get at the client behind a {@code RequestSpec}, and at what it fills. */
  public static void provide(
      Function<Object, ClientRuntime> clientOf, Function<Object, RequestDraft> draftOf) {
    INSIDE.set(new Inside(clientOf, draftOf));
  }

  /**
   * What is behind a request.
   *
   * @param client sends it
   * @param draft as it is now
   */
  public record Parts(ClientRuntime client, RequestDraft draft) {}

  /** What is behind a {@code RequestSpec}. */
  public static Parts partsOf(Object requestSpec) {
    Inside provided = inside();
    return new Parts(provided.client().apply(requestSpec), provided.draft().apply(requestSpec));
  }

  private static Inside inside() {
    Inside provided = INSIDE.get();
    if (provided == null) {
      throw new IllegalStateException("no request was made yet");
    }
    return provided;
  }

  /**
   * Lets the hooks of its client have a request, or what a stream or a socket makes its requests
   * of: on this thread, which is its caller's, and not again on those where they are made.
   */
  public static <S> S prepared(S requestSpec) {
    Parts parts = partsOf(requestSpec);
    parts.client().prepare(parts.draft());
    return requestSpec;
  }

  /** Time and threads of the client that a request belongs to. */
  public static Platform platformOf(Object requestSpec) {
    return inside().client().apply(requestSpec).platform();
  }

  /** Whether sending it twice has the same effect as sending it once, going by its method alone. */
  public static boolean isIdempotent(Object requestSpec) {
    return inside().draft().apply(requestSpec).isIdempotent();
  }

  /** Adds a header unless the request, or its client, has one of that name. */
  public static void addHeaderIfAbsent(Object requestSpec, String name, String value) {
    inside().draft().apply(requestSpec).addHeaderIfAbsent(name, value);
  }

  /** From its headers on the request is not sent again, also not before its body's first byte. */
  public static void keepFirstBody(Object requestSpec) {
    inside().draft().apply(requestSpec).options(options -> options.reopensBody(false));
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
