package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts for {@link AsyncHttpClient#stats()}. */
final class StatsListener implements CallListener {

  private final LongAdder calls = new LongAdder();
  private final LongAdder attempts = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder failures = new LongAdder();

  @Override
  public void callStarted(CallInfo call) {
    calls.increment();
  }

  @Override
  public void attemptStarted(CallInfo call, int attempt) {
    attempts.increment();
  }

  @Override
  public void retryScheduled(CallInfo call, int nextAttempt, Duration delay, FetchError error) {
    retries.increment();
  }

  @Override
  public void callEnded(CallInfo call, Duration elapsed, @Nullable FetchError error) {
    if (error != null) {
      failures.increment();
    }
  }

  long calls() {
    return calls.sum();
  }

  long attempts() {
    return attempts.sum();
  }

  long retries() {
    return retries.sum();
  }

  long failures() {
    return failures.sum();
  }
}
