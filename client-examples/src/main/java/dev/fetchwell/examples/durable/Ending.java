package dev.fetchwell.examples.durable;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one run ended.
 *
 * @param state of the job from now on: {@code open}, {@code done} or {@code dead}
 * @param error of this run
 * @param again if it stays open: after what time it may run again
 */
record Ending(Claim claim, String state, @Nullable String error, Duration again) {

  static Ending done(Claim claim) {
    return new Ending(claim, "done", null, Duration.ZERO);
  }

  static Ending dead(Claim claim, String error) {
    return new Ending(claim, "dead", error, Duration.ZERO);
  }

  static Ending again(Claim claim, @Nullable String error, Duration delay) {
    return new Ending(claim, "open", error, delay);
  }
}
