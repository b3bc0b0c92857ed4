package dev.fetchwell.examples.benchmark;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Protocol;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What was asked for by {@code -Dbenchmark.*}.
 *
 * @param time for all parts together, about
 * @param parts {@code facade}, {@code load} or both
 * @param clients the load's
 * @param inFlight numbers of calls in flight, ascending
 * @param protocol the load's
 * @param heap each client's {@code -Xmx}
 * @param smoke only whether it works: seconds, two clients, no number means anything
 */
record Options(
    Duration time,
    List<String> parts,
    List<Clients> clients,
    List<Integer> inFlight,
    Protocol protocol,
    String heap,
    boolean smoke) {

  private static final List<String> PARTS = List.of("facade", "load");

  Options {
    for (String part : parts) {
      if (!PARTS.contains(part)) {
        throw illegal("parts", part, "facade, load or both, with a comma");
      }
    }
  }

  /**
   * What the system properties say.
   *
   * @throws IllegalArgumentException if one of them makes no sense; the message says which, and
   *     what does
   */
  static Options read() {
    boolean smoke = Boolean.getBoolean("benchmark.smoke");
    String clients = property("clients", "all");
    return new Options(
        minutes(property("minutes", "2")),
        list("parts", "facade,load"),
        Clients.named(smoke && clients.equals("all") ? "ours,okhttp" : clients),
        smoke
            ? List.of(1, 64, 256)
            : list("inFlight", "1,64,1000,8000").stream().map(Options::inFlight).sorted().toList(),
        Protocol.named(property("protocol", "http1")),
        heap(property("heap", "1g")),
        smoke);
  }

  private static Duration minutes(String text) {
    if (!text.matches("\\d{1,4}(\\.\\d{1,4})?") || Double.parseDouble(text) <= 0) {
      throw illegal("minutes", text, "a number above 0, such as 2 or 3.5");
    }
    return Duration.ofMillis((long) (Double.parseDouble(text) * 60_000));
  }

  private static int inFlight(String text) {
    if (!text.matches("[1-9]\\d{0,4}")) {
      throw illegal("inFlight", text, "numbers from 1 to 99999, such as 1,64,1000");
    }
    return Integer.parseInt(text);
  }

  private static String heap(String text) {
    if (!text.matches("[1-9]\\d{0,11}[kKmMgG]?")) {
      throw illegal("heap", text, "a size as for -Xmx, such as 512m or 1g");
    }
    return text;
  }

  private static IllegalArgumentException illegal(String name, String text, String expected) {
    return new IllegalArgumentException(
        "benchmark." + name + ": " + text + " (expected: " + expected + ")");
  }

  private static List<String> list(String name, String otherwise) {
    return Arrays.stream(property(name, otherwise).split(",", -1)).map(String::strip).toList();
  }

  private static String property(String name, String otherwise) {
    return System.getProperty("benchmark." + name, otherwise);
  }

  boolean hasFacade() {
    return parts.contains("facade");
  }

  boolean hasLoad() {
    return parts.contains("load");
  }

  /** A quarter, if the load is measured too. */
  Duration facadeTime() {
    return hasLoad() ? time.dividedBy(4) : time;
  }
}
