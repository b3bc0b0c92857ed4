package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What one attempt says about its host's load. Ended once, by any thread. */
final class Measurement {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int GATEWAY_TIMEOUT = 504;

  private final HostLimit limit;
  private final CallContext context;
  private final Attempt attempt;
  private final int inFlight;
  private final long startNanos;
  private final AtomicBoolean ended = new AtomicBoolean();

  Measurement(HostLimit limit, CallContext context, int inFlight) {
    this.limit = limit;
    this.context = context;
    this.attempt = context.attempt();
    this.inFlight = inFlight;
    this.startNanos = context.platform().timer().nanoTime();
  }

  /** It never was on its way. */
  void discard() {
    if (ended.compareAndSet(false, true)) {
      int unused = limit.leave();
    }
  }

  /**
   * It has ended.
   *
   * @param error with what, if not with a reply; null also where it was given up
   */
  void end(@Nullable Throwable error) {
    if (!ended.compareAndSet(false, true)) {
      return;
    }
    // Those that were beside it when it began or when it ended.
    int together = Math.max(inFlight, limit.leave());
    long now = context.platform().timer().nanoTime();
    if (attempt.status() == 0 ? isOverload(error) : isOverload(attempt.status())) {
      limit.overloaded(startNanos, now, together);
    } else if (isGood(attempt.status()) && attempt.latencyNanos() >= 0) {
      // Also if it failed later: then it is not the load that made it.
      limit.answered(startNanos, now, attempt.latencyNanos(), together);
    }
  }

  private static boolean isOverload(int status) {
    return status == TOO_MANY_REQUESTS || status == UNAVAILABLE || status == GATEWAY_TIMEOUT;
  }

  /** Errors are often answered at once, which says nothing about what answers take. */
  private static boolean isGood(int status) {
    return status > 0 && status < 400;
  }

  private boolean isOverload(@Nullable Throwable error) {
    if (error instanceof FetchTimeoutError timeout) {
      return timeout.phase() == FetchTimeoutError.Phase.CONNECT || attempt.mayHaveBeenProcessed();
    }
    if (error instanceof ConnectionError failed) {
      return switch (failed.kind()) {
        case CONNECT -> true;
        case RESET -> !attempt.lostReusedConnection() && !attempt.wasRefused();
        case DNS, TLS, PROTOCOL -> false;
      };
    }
    // The call's deadline ends an attempt from above, like a cancel.
    boolean isGivenUp = error == null || error instanceof CancellationException;
    return isGivenUp && attempt.mayHaveBeenProcessed() && context.remaining().isZero();
  }
}
