package dev.fetchwell.internal.pipeline;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The moment in which a call is made, on its caller's thread. An exchange that begins meanwhile
 * waits for its end: its answer could be quicker than the way back through the stages, and what is
 * then to be done, listeners among it, would hold up the caller. Thread-safe.
 */
public final class CallStart extends AtomicReference<@Nullable Runnable> {

  private static final long serialVersionUID = 1L;

  @SuppressWarnings("UnnecessaryLambda") // Its identity is what counts.
  private static final Runnable NOTHING = () -> {};

  CallStart() {}

  /** The call is being made. */
  public void begin() {
    set(NOTHING);
  }

  /** It was made; runs what has waited for that. */
  public void end() {
    Runnable waiting = getAndSet(null);
    if (waiting != null) {
      waiting.run();
    }
  }

  /** Runs it once the call was made; at once if that is so. */
  public void then(Runnable exchange) {
    if (!compareAndSet(NOTHING, exchange)) {
      exchange.run();
    }
  }
}
