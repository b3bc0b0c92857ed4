package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
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

  /** Tells it that a permit goes back; made once, as each call needs it twice. */
  @SuppressWarnings("UnnecessaryLambda")
  private final Runnable giveBack = () -> Guard.run(this::giveBack);

  /** How many permits it should have. */
  private volatile IntSupplier wanted;

  /** How many it has by us; others may change that, too. */
  private volatile int given;

  /** Whether somebody is about to make it as large as it should be. */
  private final AtomicBoolean following = new AtomicBoolean();

  BulkheadTwin(BulkheadRegistry registry, String name, int permits, Platform platform) {
    this.platform = platform;
    this.registry = registry;
    this.name = name;
    this.wanted = () -> permits;
    this.given = permits;
    BulkheadConfig config = config(permits);
    // A consumer that throws when it hears of a new twin prevents it: then there is none.
    Bulkhead[] made = new Bulkhead[1];
    Guard.run(() -> made[0] = registry.bulkhead(name, config));
    this.twin = made[0];
  }

  private static BulkheadConfig config(int permits) {
    return BulkheadConfig.custom()
        .maxConcurrentCalls(permits)
        .maxWaitDuration(Duration.ZERO)
        .build();
  }

  /** Ours has another number of permits from now on; this follows a moment later. */
  void resize(IntSupplier permits) {
    wanted = permits;
    follow();
  }

  /**
   * On another thread: resilience4j blocks until the permits are back that it is to lose. So only
   * those that are free are taken, and others when they come back; if foreign code takes one in
   * that moment, it is that thread which waits, and no call.
   */
  private void follow() {
    if (wanted.getAsInt() != given && following.compareAndSet(false, true)) {
      platform.execute(this::followNow);
    }
  }

  private void followNow() {
    Bulkhead asked = twin;
    boolean goesOn;
    try {
      goesOn = asked != null && Guard.get(() -> changeSize(asked), false);
    } finally {
      following.set(false);
    }
    if (goesOn && (wanted.getAsInt() > given || free(asked) > 0)) {
      follow();
    }
  }

  /** Whether it is worth another look: not if it is no bulkhead whose size changes. */
  private boolean changeSize(Bulkhead asked) {
    int size = asked.getBulkheadConfig().getMaxConcurrentCalls();
    int free = free(asked);
    int next = Math.max(wanted.getAsInt(), size - free);
    if (next != size) {
      asked.changeConfig(config(next));
    }
    boolean hasChanged = next != given;
    given = next;
    return hasChanged || free == 0;
  }

  private static int free(@Nullable Bulkhead asked) {
    return asked == null ? 0 : Math.max(0, asked.getMetrics().getAvailableConcurrentCalls());
  }

  /** Takes a permit; whether there was one, which must be released then. */
  boolean take() {
    return twin != null && ask(twin);
  }

  /** Gives a permit back. */
  void release() {
    if (twin == null) {
      return;
    }
    try {
      platform.continuations().execute(giveBack);
    } catch (Throwable noMemory) {
      Guard.report(noMemory);
    }
  }

  private void giveBack() {
    try {
      if (twin != null) {
        twin.onComplete();
      }
    } finally {
      follow();
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
