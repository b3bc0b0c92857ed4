package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead in resilience4j's registry, which publishes the metrics and events of one of ours. It
 * is asked for a permit when ours has given one, and told when that goes back. Thread-safe.
 *
 * <p>Where the two disagree (others took its permits, or its limit was changed) ours counts, so
 * that no call is lost for it; and what its consumers throw changes nothing.
 */
final class BulkheadTwin {

  private final Platform platform;
  private final BulkheadRegistry registry;
  private final String name;
  private final @Nullable Bulkhead twin;

  BulkheadTwin(BulkheadRegistry registry, String name, int permits, Platform platform) {
    this.platform = platform;
    this.registry = registry;
    this.name = name;
    BulkheadConfig config =
        BulkheadConfig.custom().maxConcurrentCalls(permits).maxWaitDuration(Duration.ZERO).build();
    // A consumer that throws when it hears of a new twin prevents it: then there is none.
    Bulkhead[] made = new Bulkhead[1];
    Guard.run(() -> made[0] = registry.bulkhead(name, config));
    this.twin = made[0];
  }

  /** Takes a permit; whether there was one, which must be released then. */
  boolean take() {
    return twin != null && ask(twin);
  }

  /** Gives a permit back. */
  void release() {
    Bulkhead asked = twin;
    if (asked == null) {
      return;
    }
    try {
      platform.tell(asked::onComplete);
    } catch (Throwable noMemory) {
      Guard.report(noMemory);
    }
  }

  /** Lets resilience4j publish a rejection, which it does when a permit is asked for in vain. */
  void tellRejection() {
    Bulkhead asked = twin;
    if (asked != null && ask(asked)) {
      Guard.run(asked::releasePermission);
    }
  }

  /**
   * Its semaphore refuses a thread that is interrupted, and the interrupt is not meant for us: it
   * is put aside for that time. If a consumer throws, the permit was taken, or not, before it heard
   * of that.
   */
  private static boolean ask(Bulkhead asked) {
    boolean interrupted = Thread.interrupted();
    try {
      boolean someFree = asked.getMetrics().getAvailableConcurrentCalls() > 0;
      return Guard.get(asked::tryAcquirePermission, someFree);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes it out of the registry. */
  void remove() {
    platform.tell(() -> registry.remove(name));
  }
}
