package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one call may take to connect: over all addresses that are tried. Begun by whichever of
 * OkHttp's threads connects first, ended by any.
 */
final class ConnectLimit {

  /** Written under this, once. */
  private volatile boolean begun;

  private volatile @Nullable Cancellable timer;
  private volatile boolean over;
  private volatile boolean passed;

  /** Begins, unless it has. */
  void begin(Platform platform, Duration limit, Runnable giveUp) {
    if (!isFirst()) {
      return;
    }
    Cancellable armed = platform.timer().schedule(limit, () -> pass(giveUp));
    timer = armed;
    // A thread of OkHttp's may still begin to connect for a call that is over.
    if (over) {
      armed.cancel();
    }
  }

  private synchronized boolean isFirst() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  private void pass(Runnable giveUp) {
    if (!over) {
      passed = true;
      giveUp.run();
    }
  }

  /** There is a connection, or nobody needs one any longer. */
  void end() {
    over = true;
    Cancellable armed = timer;
    if (armed != null) {
      armed.cancel();
    }
  }

  /** Whether a connection was being opened. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether it took too long. */
  boolean isPassed() {
    return passed;
  }
}
