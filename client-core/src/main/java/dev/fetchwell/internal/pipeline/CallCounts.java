package dev.fetchwell.internal.pipeline;

import java.util.concurrent.atomic.LongAdder;

/** What a client has done so far. Thread-safe. */
public final class CallCounts {

  private final LongAdder calls = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Nothing so far. */
  public CallCounts() {}

  void callStarted() {
    calls.increment();
  }

  void attemptStarted() {
    attempts.increment();
  }

  void retryScheduled() {
    retries.increment();
  }

  void callFailed() {
    failures.increment();
  }

  /** Calls ever started. */
  public long calls() {
    return calls.sum();
  }

  /** Attempts ever begun. */
  public long attempts() {
    return attempts.sum();
  }

  /** Attempts beyond a call's first. */
  public long retries() {
    return retries.sum();
  }

  /** Calls that ended with an error. */
  public long failures() {
    return failures.sum();
  }
}
