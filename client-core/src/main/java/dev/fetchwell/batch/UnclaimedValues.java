package dev.fetchwell.batch;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Guard;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Closes the values of one batch that nobody gets, such as open streams with their permits; each
 * once, also if several items gave the same. Thread-safe; closing is foreign code and may block.
 */
final class UnclaimedValues {

  /** What is closed or belongs to the user; no more than the batch held when it stopped. */
  private final Set<Object> settled =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

  /** The value goes to the user, even if another item gave the same and comes too late. */
  void claim(@Nullable Object value) {
    if (value != null) {
      settled.add(value);
    }
  }

  /** The user did not take it. */
  void unclaim(@Nullable Object value) {
    if (value != null) {
      settled.remove(value);
    }
  }

  void closeValueOf(@Nullable Outcome<?> outcome) {
    if (outcome instanceof Outcome.Success<?> success) {
      close(success.value());
    }
  }

  void close(@Nullable Object value) {
    if (value instanceof AutoCloseable closeable && settled.add(closeable)) {
      closeNow(closeable);
    }
  }

  /** Closes it; what that throws is logged. */
  static void closeNow(AutoCloseable closeable) {
    Guard.run(
        () -> {
          try {
            closeable.close();
          } catch (Exception checked) {
            throw UnexpectedError.wrap(checked);
          }
        });
  }
}
