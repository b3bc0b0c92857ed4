package dev.fetchwell.internal.async;

import org.jspecify.annotations.Nullable;

/**
 * Values that are fetched one by one, by one thread at a time, which may block for each. {@link
 * #cancel} makes a blocked {@link #next} return or throw soon.
 *
 * @param <T> the values' type
 */
public interface Pull<T> extends Cancellable {

  /**
   * The next value, or null at the end. Blocks until there is one; throws if there will be none.
   * After the end, or after it threw, it is not called again.
   */
  @Nullable T next();
}
