package dev.fetchwell.examples.scraper;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Keeps the requests to one site as far apart as it asked. Thread-safe. */
final class Pace {

  private final Map<String, Long> nextTurns = new HashMap<>();

  /** Takes the site's next turn; how long it is until then. */
  synchronized Duration turn(String site, Duration apart, long nowNanos) {
    if (apart.isZero()) {
      return Duration.ZERO;
    }
    long turn = Math.max(nowNanos, nextTurns.getOrDefault(site, nowNanos));
    nextTurns.put(site, turn + apart.toNanos());
    return Duration.ofNanos(turn - nowNanos);
  }
}
