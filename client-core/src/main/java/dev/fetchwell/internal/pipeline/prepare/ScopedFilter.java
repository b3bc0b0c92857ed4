package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.policy.RequestFilter;
import java.util.Objects;

/**
 * A filter, and where it is asked.
 *
 * @param filter the caller's own
 * @param everyOrigin whether also for others than the client's own origin
 */
public record ScopedFilter(RequestFilter filter, boolean everyOrigin) {

  /** Creates a filter. */
  public ScopedFilter {
    Objects.requireNonNull(filter, "filter");
  }
}
