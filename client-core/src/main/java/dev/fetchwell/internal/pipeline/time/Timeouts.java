package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;

/** The errors of the time limits. */
final class Timeouts {

  private Timeouts() {}

  static FetchTimeoutError total(CallContext context) {
    return new FetchTimeoutError(
        Phase.TOTAL, context.options().timeout(), context.waitsFor(), context.facts());
  }

  static FetchTimeoutError attempt(Attempt attempt, CallContext context) {
    String what =
        switch (attempt.upload()) {
          case NONE -> "one attempt";
          case RUNNING -> "silence while the request's body was sent";
          case SENT -> "the answer, once the request's body was sent,";
        };
    return new FetchTimeoutError(
        Phase.ATTEMPT,
        what,
        context.options().attemptTimeout(),
        context.waitsFor(),
        context.facts());
  }
}
