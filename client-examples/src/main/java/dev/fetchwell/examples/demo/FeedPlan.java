package dev.fetchwell.examples.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * How the connections of one feed end, one after another: each kind of trouble once, in an order
 * that is shuffled, then again. The same seed makes the same plan. Thread-safe.
 */
final class FeedPlan {

  private static final Pattern KIND =
      Pattern.compile(
          "drop|reset|stall|[45]\\d{2}|100[0-3]|100[7-9]|101[0-4]|[34]\\d{3}"); // RFC 6455, 7.4

  private final List<String> kinds;
  private final int every;
  private final Random random;
  private final Deque<String> round = new ArrayDeque<>();

  private FeedPlan(List<String> kinds, int every, long seed) {
    this.kinds = kinds;
    this.every = every;
    this.random = new Random(seed);
  }

  /**
   * What happens to one connection.
   *
   * @param messages how many it gets before its end
   * @param ending {@code drop}, {@code reset}, {@code stall}, a close code, or the status with
   *     which it is refused at once; empty if it is left alone
   */
  record Connection(long messages, String ending) {

    boolean isRefused() {
      return ending.length() == 3;
    }
  }

  /**
   * The plan that a request's query describes.
   *
   * @throws IllegalArgumentException if it is none
   */
  static FeedPlan of(DemoRequest request) {
    String trouble = request.query("trouble", "");
    List<String> kinds = trouble.isEmpty() ? List.of() : Arrays.asList(trouble.split(",", -1));
    for (String kind : kinds) {
      if (!KIND.matcher(kind).matches()) {
        throw new IllegalArgumentException(
            "trouble: " + kind + " (expected: drop, reset, stall, a status or a close code)");
      }
    }
    long every = request.number("every", 30);
    if (every < 1 || every > 1_000_000) {
      throw new IllegalArgumentException("every: " + every + " (expected: 1 to 1000000)");
    }
    return new FeedPlan(kinds, (int) every, request.number("seed", 1));
  }

  /** What happens to the next connection. */
  synchronized Connection next() {
    if (kinds.isEmpty()) {
      return new Connection(Long.MAX_VALUE, "");
    }
    if (round.isEmpty()) {
      List<String> shuffled = new ArrayList<>(kinds);
      Collections.shuffle(shuffled, random);
      round.addAll(shuffled);
    }
    return new Connection(1 + random.nextInt(2 * every - 1), round.remove());
  }
}
