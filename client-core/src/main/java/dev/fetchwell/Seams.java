package dev.fetchwell;

import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.Timer;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;

/**
 * What a test may replace.
 *
 * @param threads where calls run
 * @param timer time
 * @param clock the date, for {@code Retry-After} only
 * @param random where jitter comes from; thread-safe
 */
record Seams(ExecutorService threads, Timer timer, InstantSource clock, RandomGenerator random) {

  static final Seams SYSTEM =
      new Seams(CallThreads.shared(), CallThreads.timer(), InstantSource.system(), new Random());
}
