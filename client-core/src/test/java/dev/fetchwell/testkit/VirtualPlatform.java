package dev.fetchwell.testkit;

import dev.fetchwell.internal.async.Platform;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Executor;

/** Threads and time that a test turns by hand, and randomness that is the same each time. */
public final class VirtualPlatform {

  private VirtualPlatform() {}

  /** Calls run on the executor; what a timeout ended goes on at once, on the test's thread. */
  public static Platform of(Executor threads, VirtualTimer timer) {
    InstantSource clock = () -> Instant.EPOCH.plus(timer.elapsed());
    return new Platform(threads, Runnable::run, timer, clock, new Random(1));
  }

  /** Everything runs at once, on the test's thread. */
  public static Platform of(VirtualTimer timer) {
    return of(Runnable::run, timer);
  }
}
