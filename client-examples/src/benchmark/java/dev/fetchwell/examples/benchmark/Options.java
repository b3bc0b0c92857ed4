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
        throw new IllegalArgumentException(
            "benchmark.parts: " + part + " (expected: facade, load or both, with a comma)");
      }
    }
  }

  static Options read() {
    boolean smoke = Boolean.getBoolean("benchmark.smoke");
    String clients = property("clients", "all");
    double minutes = Double.parseDouble(property("minutes", "2"));
    return new Options(
        Duration.ofMillis((long) (minutes * 60_000)),
        list("parts", "facade,load"),
        Clients.named(smoke && clients.equals("all") ? "ours,okhttp" : clients),
        smoke
            ? List.of(1, 64, 256)
            : list("inFlight", "1,64,1000,8000").stream().map(Integer::valueOf).sorted().toList(),
        Protocol.named(property("protocol", "http1")),
        property("heap", "1g"),
        smoke);
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
