package dev.fetchwell.internal.text;

import java.time.Duration;
import java.util.Objects;

/** Rejects illegal knobs with messages of one form: {@code maxAttempts: 0 (expected: >= 1)}. */
public final class Checks {

  /** The longest duration that fits in a long of nanoseconds with room to add another. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Checks() {}

  /** Requires a number of at least {@code least}. */
  public static int atLeast(String knob, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(knob + ": " + value + " (expected: >= " + least + ")");
    }
    return value;
  }

  /** Requires a number of at least {@code least}. */
  public static long atLeast(String knob, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(knob + ": " + value + " (expected: >= " + least + ")");
    }
    return value;
  }

  /** Requires a duration above zero and of at most 100 years. */
  public static Duration positive(String knob, Duration value) {
    Objects.requireNonNull(value, knob);
    if (value.isZero() || value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(knob + ": " + value + " (expected: > 0 and <= 100 years)");
    }
    return value;
  }

  /** Requires a duration of zero up to 100 years. */
  public static Duration notNegative(String knob, Duration value) {
    Objects.requireNonNull(value, knob);
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          knob + ": " + value + " (expected: >= 0 and <= 100 years)");
    }
    return value;
  }

  /** Requires a share above 0 and of at most 1. */
  public static double share(String knob, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(knob + ": " + value + " (expected: > 0 and <= 1)");
    }
    return value;
  }
}
