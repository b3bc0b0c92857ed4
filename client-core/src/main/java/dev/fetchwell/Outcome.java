package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.CallerFuture;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a call ended, as a value: for callers who handle failures in the flow of their code.
 *
 * <pre>{@code
 * switch (outcome) { // Java 21
 *   case Outcome.Success<User>(User user) -> show(user);
 *   case Outcome.Failure<User>(FetchError error) -> report(error);
 * }
 * }</pre>
 *
 * @param <T> the value's type
 */
public sealed interface Outcome<T extends @Nullable Object> {

  /**
   * How a call ends, as a value: a {@link Failure} if it ends with a {@code FetchError}. Any other
   * throwable, such as that of a cancelled call, fails this future too. It completes on the thread
   * that completes the call's future; cancelling it cancels the call.
   *
   * <pre>{@code
   * CompletableFuture<Outcome<String>> page = Outcome.of(client.getString(url));
   * }</pre>
   */
  static <T extends @Nullable Object> CompletableFuture<Outcome<T>> of(CompletableFuture<T> call) {
    Objects.requireNonNull(call, "call");
    CallerFuture<Outcome<T>> outer = new CallerFuture<>();
    outer.follow(
        call,
        value -> outer.complete(new Success<>(value)),
        thrown -> {
          if (thrown instanceof FetchError error) {
            outer.complete(new Failure<>(error));
          } else {
            outer.completeExceptionally(thrown);
          }
        });
    return outer;
  }

  /** Whether there is a value. */
  default boolean isSuccess() {
    return this instanceof Success;
  }

  /**
   * The value.
   *
   * @throws FetchError the error, if it is a failure
   */
  default T orElseThrow() {
    if (this instanceof Success<T> success) {
      return success.value();
    }
    throw ((Failure<T>) this).error();
  }

  /** The value, or another if it is a failure. */
  default T orElse(T other) {
    return this instanceof Success<T> success ? success.value() : other;
  }

  /**
   * The outcome with its value changed; a failure stays as it is. What the function throws, it
   * throws.
   */
  default <R extends @Nullable Object> Outcome<R> map(Function<? super T, ? extends R> change) {
    Objects.requireNonNull(change, "change");
    if (this instanceof Success<T> success) {
      return new Success<>(change.apply(success.value()));
    }
    return new Failure<>(((Failure<T>) this).error());
  }

  /** The error; empty if there is a value. */
  default Optional<FetchError> failure() {
    return fold(value -> Optional.empty(), Optional::of);
  }

  /**
   * The value, or what a function makes of the error. What the function throws, it throws.
   *
   * <pre>{@code
   * User user = outcome.recover(error -> User.UNKNOWN);
   * }</pre>
   */
  default T recover(Function<? super FetchError, ? extends T> change) {
    Objects.requireNonNull(change, "change");
    return this instanceof Success<T> success
        ? success.value()
        : change.apply(((Failure<T>) this).error());
  }

  /**
   * What one of two functions makes of it: of the value, or of the error. What the function throws,
   * it throws.
   *
   * <pre>{@code
   * String shown = outcome.fold(User::name, error -> "nobody");
   * }</pre>
   */
  default <R extends @Nullable Object> R fold(
      Function<? super T, ? extends R> onSuccess,
      Function<? super FetchError, ? extends R> onFailure) {
    Objects.requireNonNull(onSuccess, "onSuccess");
    Objects.requireNonNull(onFailure, "onFailure");
    return this instanceof Success<T> success
        ? onSuccess.apply(success.value())
        : onFailure.apply(((Failure<T>) this).error());
  }

  /**
   * The call succeeded.
   *
   * @param value what it gave
   * @param <T> the value's type
   */
  record Success<T extends @Nullable Object>(T value) implements Outcome<T> {}

  /**
   * The call failed.
   *
   * @param error why
   * @param <T> the type of the value that is missing
   */
  record Failure<T extends @Nullable Object>(FetchError error) implements Outcome<T> {

    /** Creates a failure. */
    public Failure {
      Objects.requireNonNull(error, "error");
    }
  }
}
