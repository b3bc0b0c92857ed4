package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one call: how many there were, and what they came to. Most follow each other; a
 * hedge runs beside the one before it. Thread-safe: what changes is volatile and immutable, and is
 * changed under the monitor, which is held for a few assignments only.
 */
final class CallAttempts {

  private static final int MAX_HISTORY = 20;

  /** The attempt that runs, or ran last; beside others, the one that was there before them. */
  private volatile @Nullable Attempt current;

  /** Those that went out beside it. Only ever gets longer until the next attempt begins. */
  private volatile List<Attempt> beside = List.of();

  /** The number of the last one. */
  private volatile int begun;

  private volatile int repeats;
  private volatile int hedges;
  private volatile boolean processedEarlier;
  private volatile List<FetchError> failures = List.of();

  /** Whether a value is being made of the answer; guarded by this. */
  private boolean answered;

  /** What measures phases; null if nobody listens. */
  private final @Nullable Timer timer;

  /**
   * No attempt has begun.
   *
   * @param timer what measures phases; null if nobody listens
   */
  CallAttempts(@Nullable Timer timer) {
    this.timer = timer;
  }

  /** Goes on where those of another call broke off. */
  CallAttempts(CallAttempts first) {
    timer = first.timer;
    current = first.current;
    beside = first.beside;
    begun = first.begun;
    repeats = first.repeats;
    hedges = first.hedges;
    processedEarlier = first.processedEarlier;
    failures = first.failures;
  }

  /** Begins another attempt, or goes on with the one that a redirect answered. */
  synchronized Attempt begin(boolean isRetry, boolean onFreshConnection) {
    Attempt last = current;
    processedEarlier |= isAnyBesideProcessed();
    beside = List.of();
    answered = false;
    Attempt next;
    if (isRetry || last == null) {
      begun = begun + 1;
      next = new Attempt(begun, onFreshConnection, false, trace());
    } else {
      next = new Attempt(last.number(), onFreshConnection, true, trace());
    }
    current = next;
    return next;
  }

  /** An attempt that may go out beside the current one; it counts only if it does. */
  Attempt hedge() {
    return Attempt.hedge(begun + 1, trace());
  }

  private WireTrace trace() {
    return timer == null ? WireTrace.NONE : WireTrace.by(timer);
  }

  /** A hedge goes out; false if it must not: the answer is here, or another one has its number. */
  synchronized boolean admit(Attempt hedge) {
    if (answered || hedge.number() != begun + 1) {
      return false;
    }
    begun = hedge.number();
    hedges = hedges + 1;
    addBeside(hedge);
    return true;
  }

  /** What this attempt came to is what counts. */
  synchronized void adopt(Attempt counts) {
    Attempt before = current;
    if (before != null && before != counts) {
      // First, so that at no moment one of them is forgotten.
      addBeside(before);
      current = counts;
    }
  }

  private void addBeside(Attempt another) {
    List<Attempt> longer = new ArrayList<>(beside);
    longer.add(another);
    beside = List.copyOf(longer);
  }

  /** The answer is here: no hedge goes out any longer. */
  synchronized void answered() {
    answered = true;
  }

  @Nullable Attempt current() {
    return current;
  }

  /** How many were begun. */
  int begun() {
    return begun;
  }

  /** How many the server can have seen. */
  int started() {
    Attempt now = current;
    return now == null ? 0 : begun - (now.number() - now.started());
  }

  CallEnded ended(CallInfo call, Duration queued, Duration elapsed, @Nullable FetchError error) {
    Attempt last = current;
    return new CallEnded(
        call,
        last == null ? 0 : last.status(),
        started(),
        last == null ? 0 : last.bytesIn(),
        last == null ? 0 : last.bytesOut(),
        last == null ? "" : last.protocol(),
        // Who joins later has not waited longer than there was to wait.
        queued.compareTo(elapsed) > 0 ? elapsed : queued,
        elapsed,
        error);
  }

  synchronized void addRepeat() {
    repeats = repeats + 1;
  }

  /** How many were repeats, which the policy does not count. */
  int repeats() {
    return repeats;
  }

  /** How many the policy counts. */
  int counted() {
    return begun - repeats - hedges;
  }

  synchronized void addFailure(FetchError error) {
    processedEarlier |= error.mayHaveBeenProcessed();
    List<FetchError> longer = new ArrayList<>(failures);
    longer.add(error);
    failures = List.copyOf(longer.subList(Math.max(0, longer.size() - MAX_HISTORY), longer.size()));
  }

  /** The errors of those that others followed. */
  List<FetchError> failures() {
    return failures;
  }

  synchronized List<FetchError> takeFailures() {
    List<FetchError> earlierOnes = failures;
    failures = List.of();
    return earlierOnes;
  }

  synchronized void addProcessedHop() {
    processedEarlier = true;
  }

  /** Whether the server may have acted on any of them. */
  boolean mayHaveBeenProcessed() {
    Attempt now = current;
    return processedEarlier
        || (now != null && now.mayHaveBeenProcessed())
        || isAnyBesideProcessed();
  }

  private boolean isAnyBesideProcessed() {
    for (Attempt each : beside) {
      if (each.mayHaveBeenProcessed()) {
        return true;
      }
    }
    return false;
  }
}
