package dev.fetchwell.stream;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Time that passes only when a test says so, for code that waits on real threads. Jitter is the
 * least that there may be.
 */
final class VirtualTime implements Timer {

  /** Guarded by this. */
  private final VirtualTimer timer = new VirtualTimer();

  Platform platform() {
    Platform real = Platform.system();
    return new Platform(
        real.threads(), real.threads(), this, InstantSource.system(), new LeastRandom());
  }

  private static final class LeastRandom implements RandomGenerator {

    @Override
    public long nextLong() {
      return 0;
    }
  }

  @Override
  public synchronized long nanoTime() {
    return timer.nanoTime();
  }

  @Override
  public synchronized Cancellable schedule(Duration delay, Runnable task) {
    Cancellable scheduled = timer.schedule(delay, task);
    return () -> cancel(scheduled);
  }

  private synchronized void cancel(Cancellable scheduled) {
    scheduled.cancel();
  }

  synchronized int pending() {
    return timer.pending();
  }

  /** Waits until something waits for time to pass, lets it pass, and says how much it was. */
  Duration awaitPause() {
    Eventually.holds(() -> pending() > 0, "somebody to wait for time to pass");
    synchronized (this) {
      Duration pause = timer.nextIn().orElseThrow();
      timer.advance(pause);
      return pause;
    }
  }
}
