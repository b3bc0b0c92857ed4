package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.internal.pipeline.CallContext;

/** The errors of the time limits. */
final class Timeouts {

  private Timeouts() {}

  static FetchTimeoutError total(CallContext context) {
    return new FetchTimeoutError(Phase.TOTAL, context.options().timeout(), context.facts(), null);
  }

  static FetchTimeoutError attempt(CallContext context) {
    return new FetchTimeoutError(
        Phase.ATTEMPT, context.options().attemptTimeout(), context.facts(), null);
  }
}
