package dev.fetchwell.internal.pipeline.breaker;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.observe.CircuitState;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One host's circuit breaker: resilience4j's, which counts and decides, and what that leaves open.
 * Thread-safe.
 *
 * <p>resilience4j counts an attempt in whatever state the breaker is when it ends. So an attempt
 * that began long ago would decide as if it were a trial, and one that is given up would add a
 * trial place that it never took. Here an attempt counts only in the state in which it began (and
 * in the open state right after it), and trial places are counted apart.
 */
final class HostBreaker {

  private static final int DROPPED = -1;
  private static final int LOOKS = 3;

  private static final AtomicReferenceFieldUpdater<HostBreaker, Seen> SEEN =
      AtomicReferenceFieldUpdater.newUpdater(HostBreaker.class, Seen.class, "seen");

  private final String host;
  private final CircuitBreaker breaker;
  private final Duration openFor;
  private final Timer timer;

  private final TrialPlaces trials = new TrialPlaces();

  /** What was told of last; by compare-and-set. */
  private volatile Seen seen;

  /** How many attempts use it, or {@code DROPPED}; by compare-and-set. */
  private final AtomicInteger users = new AtomicInteger();

  private volatile long usedNanos;

  /**
   * A state and when it was first noticed.
   *
   * @param era resilience4j's figures: an object of its own from each time that the breaker is
   *     closed or half-open until after it was open
   */
  private record Seen(State state, CircuitBreaker.Metrics era, long sinceNanos) {}

  /**
   * An attempt that was let through.
   *
   * @param era the figures that it counts in
   * @param isTrial whether it has a trial place, which it gives back when it ends
   */
  record Admission(CircuitBreaker.Metrics era, boolean isTrial) {}

  HostBreaker(String host, CircuitBreaker breaker, Duration openFor, Timer timer) {
    this.host = host;
    this.breaker = breaker;
    this.openFor = openFor;
    this.timer = timer;
    this.usedNanos = timer.nanoTime();
    this.seen = look();
  }

  String host() {
    return host;
  }

  /** Lets an attempt through, which must be ended; null if it is refused. */
  @Nullable Admission admit(CallEvents events) {
    boolean permitted = ask() || (isStuck() && askForLostPlace());
    Seen now = tellChange(events);
    if (!permitted) {
      return null;
    }
    boolean isTrial = now.state() == State.HALF_OPEN;
    if (isTrial && !takeTrialPlace()) {
      Guard.run(breaker::releasePermission);
      return null;
    }
    return new Admission(now.era(), isTrial);
  }

  private boolean ask() {
    boolean ifThrown = breaker.getState() == State.CLOSED;
    return Guard.get(breaker::tryAcquirePermission, ifThrown);
  }

  /**
   * Whether no trial runs and resilience4j has no place all the same: its consumers, or somebody
   * who uses it by hand, lost one, and nobody else would ever give it back.
   */
  private boolean isStuck() {
    return breaker.getState() == State.HALF_OPEN && trials.areAllFree();
  }

  private boolean askForLostPlace() {
    Guard.run(breaker::releasePermission);
    return ask();
  }

  private boolean takeTrialPlace() {
    return trials.take(
        breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState());
  }

  /**
   * Ends an attempt that was let through; once.
   *
   * @param error what it failed with; null unless it failed
   */
  void end(
      Admission admission,
      Verdict verdict,
      long tookNanos,
      @Nullable FetchError error,
      CallEvents events) {
    try {
      if (breaker.getMetrics() == admission.era()) {
        Guard.run(() -> count(verdict, tookNanos, error));
      }
      Seen unused = tellChange(events);
    } finally {
      if (admission.isTrial()) {
        // Only now: as long as it is taken, no place is thought to be lost.
        trials.giveBack();
      }
    }
  }

  private void count(Verdict verdict, long tookNanos, @Nullable FetchError error) {
    if (verdict == Verdict.FAILURE && error != null) {
      breaker.onError(tookNanos, TimeUnit.NANOSECONDS, error);
    } else if (verdict == Verdict.SUCCESS) {
      breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
    } else {
      breaker.releasePermission();
    }
  }

  /** Each change is told once, in order, by whoever notices it first. */
  private Seen tellChange(CallEvents events) {
    while (true) {
      Seen before = seen;
      Seen now = look();
      if (now.state() == before.state() && now.era() == before.era()) {
        return before;
      }
      if (SEEN.compareAndSet(this, before, now)) {
        CircuitState from = shown(before.state());
        CircuitState to = shown(now.state());
        if (from != to) {
          events.circuitChanged(host, from, to);
        }
        return now;
      }
    }
  }

  private Seen look() {
    CircuitBreaker.Metrics era = breaker.getMetrics();
    State state = breaker.getState();
    for (int i = 1; i < LOOKS && breaker.getMetrics() != era; i++) {
      era = breaker.getMetrics();
      state = breaker.getState();
    }
    return new Seen(state, era, timer.nanoTime());
  }

  /** The state now, also where nobody was told of it yet. */
  CircuitState state() {
    return shown(breaker.getState());
  }

  private static CircuitState shown(State state) {
    return switch (state) {
      case CLOSED, DISABLED, METRICS_ONLY -> CircuitState.CLOSED;
      case OPEN, FORCED_OPEN -> CircuitState.OPEN;
      case HALF_OPEN -> CircuitState.HALF_OPEN;
    };
  }

  /** The error of an attempt that is refused now. */
  CircuitOpenError refusal(CallFacts facts) {
    Seen now = seen;
    String whose = "the circuit breaker of " + host;
    return switch (now.state()) {
      case FORCED_OPEN -> new CircuitOpenError(whose + " was forced open by hand", openFor, facts);
      case HALF_OPEN ->
          new CircuitOpenError(
              whose + " is half-open and all its trial calls run", Duration.ZERO, facts);
      default -> {
        Duration left = leftOpen(now);
        yield new CircuitOpenError(
            whose
                + " is open, as too many of the last attempts failed (a trial is let through in "
                + left.toMillis()
                + " ms)",
            left,
            facts);
      }
    };
  }

  private Duration leftOpen(Seen open) {
    Duration left = openFor.minusNanos(timer.nanoTime() - open.sinceNanos());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Uses it for an attempt, which leaves it in the end; false if it was dropped. */
  boolean use() {
    int now = users.get();
    while (now != DROPPED) {
      if (users.compareAndSet(now, now + 1)) {
        usedNanos = timer.nanoTime();
        return true;
      }
      now = users.get();
    }
    return false;
  }

  void leave() {
    users.decrementAndGet();
  }

  long usedNanos() {
    return usedNanos;
  }

  /** Whether it knows nothing that matters: nobody uses it, and it is closed. */
  boolean isIdle() {
    return users.get() == 0 && breaker.getState() == State.CLOSED;
  }

  /** Whether nobody uses it and its time to be open is over, so that trials would be next. */
  boolean isOverdue() {
    Seen now = seen;
    return users.get() == 0
        && (now.state() == State.OPEN || now.state() == State.HALF_OPEN)
        && leftOpen(now).isZero();
  }

  /** From now on it cannot be used; false if it is in use. */
  boolean drop() {
    return users.compareAndSet(0, DROPPED);
  }
}
