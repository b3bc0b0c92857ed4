package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.internal.pipeline.CallContext;
import java.time.Duration;

/** The errors of the time limits. */
final class Timeouts {

  private Timeouts() {}

  static FetchTimeoutError total(CallContext context) {
    return error(Phase.TOTAL, context.options().timeout(), context);
  }

  static FetchTimeoutError attempt(CallContext context) {
    return error(Phase.ATTEMPT, context.options().attemptTimeout(), context);
  }

  private static FetchTimeoutError error(Phase phase, Duration limit, CallContext context) {
    return new FetchTimeoutError(phase, limit, context.waitsFor(), context.facts());
  }
}
