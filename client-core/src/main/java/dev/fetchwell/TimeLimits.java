package dev.fetchwell;

import dev.fetchwell.policy.Checks;
import dev.fetchwell.policy.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Time limits in the making, over others that they replace. A total alone that is below the
 * inherited limit of an attempt takes that down with it; set both, and they must fit.
 */
final class TimeLimits {

  private final Timeouts inherited;
  private @Nullable Duration total;
  private @Nullable Duration attempt;
  private @Nullable Duration connect;
  private @Nullable Duration idle;
  private @Nullable Duration queue;

  TimeLimits(Timeouts inherited) {
    this.inherited = inherited;
  }

  TimeLimits copy() {
    TimeLimits copy = new TimeLimits(inherited);
    copy.total = total;
    copy.attempt = attempt;
    copy.connect = connect;
    copy.idle = idle;
    copy.queue = queue;
    return copy;
  }

  void timeout(Duration limit) {
    total = Checks.positive("timeout", limit);
  }

  void attemptTimeout(Duration limit) {
    attempt = Checks.positive("attemptTimeout", limit);
  }

  void connectTimeout(Duration limit) {
    connect = Checks.positive("connectTimeout", limit);
  }

  void idleTimeout(Duration limit) {
    idle = Checks.positive("idleTimeout", limit);
  }

  void queueTimeout(Duration limit) {
    queue = Checks.positive("queueTimeout", limit);
  }

  /**
   * The limits.
   *
   * @throws IllegalArgumentException if the attempt's is above the total
   */
  Timeouts build() {
    Duration whole = total == null ? inherited.total() : total;
    Duration one = attempt == null ? shorter(inherited.attempt(), whole) : attempt;
    return new Timeouts(
        whole,
        one,
        connect == null ? inherited.connect() : connect,
        idle == null ? inherited.idle() : idle,
        queue == null ? inherited.queueOrNull() : queue);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
