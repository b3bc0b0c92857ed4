package dev.fetchwell.internal.pipeline.breaker;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.RejectedError;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.policy.CircuitBreakerPolicy;

/** What the end of an attempt says about its host. */
enum Verdict {
  /** The host is well; or what is wrong is the caller's doing. */
  SUCCESS,
  /** The host is not well. */
  FAILURE,
  /** Nothing, such as of an attempt that never reached the host. */
  NOTHING;

  /** Of an attempt that was answered with a status that is an error. */
  static Verdict ofStatus(FetchError error, Attempt attempt, CircuitBreakerPolicy policy) {
    if (attempt.isCached()) {
      return NOTHING;
    }
    return isFailure(error, policy) ? FAILURE : SUCCESS;
  }

  /** Of an attempt that ended with an error. */
  static Verdict ofError(
      FetchError error, Attempt attempt, CallContext context, CircuitBreakerPolicy policy) {
    if (!reachedTheHost(error, attempt, context)) {
      return NOTHING;
    }
    if (isFailure(error, policy)) {
      return FAILURE;
    }
    return attempt.status() == 0 ? NOTHING : SUCCESS;
  }

  /** What the policy's condition throws is logged, and the attempt has failed all the same. */
  private static boolean isFailure(FetchError error, CircuitBreakerPolicy policy) {
    return Guard.get(() -> policy.isFailure(error), true);
  }

  private static boolean reachedTheHost(FetchError error, Attempt attempt, CallContext context) {
    // An idle connection that was closed, or a stream too many, is no failure of the host's; but
    // one that refuses again and again is as good as one that fails.
    boolean repeated =
        attempt.lostReusedConnection() || (attempt.wasRefused() && context.mayRepeat());
    return attempt.isOnWire()
        && !repeated
        && !(error instanceof RejectedError)
        && !(error instanceof FetchTimeoutError && waitedAtTheClient(attempt));
  }

  /** Such as for memory for the body of an answer that has come. */
  private static boolean waitedAtTheClient(Attempt attempt) {
    return !attempt.waitsFor().isEmpty();
  }

  /** Whether an attempt that is given up was with the host until the call's time was over. */
  static boolean isTimeUp(Attempt attempt, CallContext context) {
    return attempt.isOnWire() && !waitedAtTheClient(attempt) && context.remaining().isZero();
  }
}
