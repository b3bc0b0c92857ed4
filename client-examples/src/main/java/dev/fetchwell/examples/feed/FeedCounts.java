package dev.fetchwell.examples.feed;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.SocketClosedError;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came over a feed whose messages are numbered: how many, which numbers are missing or came
 * again, and how its connections ended. Thread-safe.
 */
public final class FeedCounts {

  /** How a connection ended that was dropped, reset, or silent. */
  public static final String BROKEN = "broken or silent";

  private final Map<String, Integer> endings = new TreeMap<>();
  private boolean knowsNext;
  private long next;
  private long messages;
  private long lost;
  private long doubled;
  private int connections;

  /**
   * Creates counts of nothing.
   *
   * @param first the number that comes first; empty: whatever comes first
   */
  public FeedCounts(OptionalLong first) {
    knowsNext = first.isPresent();
    next = first.orElse(1);
  }

  /** A connection was made. */
  public synchronized void opened() {
    connections++;
  }

  /** A connection was lost or refused. */
  public synchronized void ended(FetchError why) {
    endings.merge(nameOf(why), 1, Integer::sum);
  }

  private static String nameOf(FetchError why) {
    if (why instanceof SocketClosedError closed) {
      return "closed with " + closed.code();
    }
    return why instanceof HttpStatusError refused ? "refused with " + refused.status() : BROKEN;
  }

  /** A message came. */
  public synchronized void message(OptionalLong number) {
    messages++;
    if (number.isEmpty()) {
      return;
    }
    long got = number.getAsLong();
    if (knowsNext && got < next) {
      doubled++;
      return;
    }
    lost += knowsNext ? got - next : 0;
    knowsNext = true;
    next = got + 1;
  }

  /** The number to go on with. */
  public synchronized long next() {
    return next;
  }

  /** How many messages came. */
  public synchronized long messages() {
    return messages;
  }

  /** How many connections followed the first one. */
  public synchronized int reconnects() {
    return Math.max(0, connections - 1);
  }

  /** Whether no number is missing, and none came again. */
  public synchronized boolean isWhole() {
    return lost == 0 && doubled == 0;
  }

  /** How many connections ended so, such as {@code closed with 1001}. */
  public synchronized int endings(String name) {
    return endings.getOrDefault(name, 0);
  }

  /** How connections ended, and how often. */
  public synchronized String endings() {
    return endings.isEmpty()
        ? "none"
        : endings.entrySet().stream()
            .map(ending -> ending.getValue() + " " + ending.getKey())
            .collect(Collectors.joining(", "));
  }

  /** The counts in one line. */
  @Override
  public synchronized String toString() {
    return messages
        + " messages, "
        + reconnects()
        + " reconnects, "
        + lost
        + " lost, "
        + doubled
        + " doubled";
  }
}
