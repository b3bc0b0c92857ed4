package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.Clients;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the rounds. In a round every client has its turn at the same number of calls in flight, one
 * after the other; every second round goes through them backwards, so that a machine that slows
 * down favours nobody. Rounds go on while there is time for another.
 */
public final class LoadRuns {

  private final LoadPlan plan;
  private final ChildProcess server;
  private final Map<Clients, ChildProcess> clients = new EnumMap<>(Clients.class);
  private final List<LoadSample> samples = new ArrayList<>();

  private LoadRuns(LoadPlan plan, ChildProcess server) {
    this.plan = plan;
    this.server = server;
  }

  /** Prints its progress. */
  public static List<LoadSample> run(LoadPlan plan) {
    long end = System.nanoTime() + plan.time().toNanos();
    List<Integer> levels = FileDescriptors.enoughFor(plan.inFlight(), plan.protocol());
    try (ChildProcess server = ChildProcess.start("the server", "512m", ServerMain.class)) {
      LoadRuns runs = new LoadRuns(plan, server);
      try {
        runs.startClients();
        runs.rounds(levels, end);
      } finally {
        runs.clients.values().forEach(ChildProcess::close);
      }
      return List.copyOf(runs.samples);
    }
  }

  private void startClients() {
    for (Clients client : plan.clients()) {
      clients.put(
          client,
          ChildProcess.start(
              client.title(),
              plan.heap(),
              ClientMain.class,
              client.id(),
              plan.protocol().toString()));
      inTurn(client, LoadPlan.MOST_AT_ONCE, 0, plan::warmUp);
    }
  }

  private void rounds(List<Integer> levels, long end) {
    Map<Integer, Integer> done = new LinkedHashMap<>();
    Map<Integer, Long> nanos = new LinkedHashMap<>();
    levels.forEach(level -> done.put(level, 0));
    Optional<Integer> next = next(done, nanos, end);
    while (next.isPresent()) {
      int level = next.get();
      long start = System.nanoTime();
      round(level, done.merge(level, 1, Integer::sum));
      nanos.put(level, System.nanoTime() - start);
      System.out.printf(
          Locale.ROOT,
          "%d in flight: round %d in %d s%n",
          level,
          done.get(level),
          nanos.getOrDefault(level, 0L) / 1_000_000_000);
      next = plan.smoke() && !done.containsValue(0) ? Optional.empty() : next(done, nanos, end);
    }
  }

  /**
   * The one with the fewest rounds, of those for which there is time; one round there is always.
   */
  private static Optional<Integer> next(
      Map<Integer, Integer> done, Map<Integer, Long> nanos, long end) {
    long left = end - System.nanoTime();
    return done.keySet().stream()
        .filter(level -> nanos.getOrDefault(level, Long.MIN_VALUE) < left)
        .min(Comparator.comparing(level -> done.getOrDefault(level, 0)));
  }

  private void round(int level, int round) {
    List<Clients> order = new ArrayList<>(clients.keySet());
    if (round % 2 == 0) {
      Collections.reverse(order);
    }
    for (Clients client : order) {
      if (client.canDo(level)) {
        inTurn(client, level, round, url -> plan.command(url, level));
      }
    }
  }

  private interface Command {

    String to(String url);
  }

  /** Round 0 is not kept. A client whose process fails has no further turn. */
  private void inTurn(Clients client, int level, int round, Command command) {
    ChildProcess process = clients.get(client);
    if (process == null) {
      return;
    }
    String port = server.ask("open").get(0);
    try {
      String url = "http://127.0.0.1:" + port + "/users/7";
      Measured measured = Measured.parse(process.ask(command.to(url)));
      LoadServer.Counts served = closed(port);
      if (round > 0) {
        samples.add(new LoadSample(client, level, round, measured, served));
      }
      System.out.printf(
          Locale.ROOT,
          "%5d in flight: %-28s %6.1f us%n",
          level,
          client.title(),
          measured.cpuNanos() / 1e3 / measured.calls());
      if (measured.errors() > 0) {
        System.out.printf(
            Locale.ROOT,
            "%s: %d of %d calls failed: %s%n",
            client.title(),
            measured.errors(),
            measured.calls(),
            measured.firstError());
      }
    } catch (IllegalStateException e) {
      System.out.println(client.title() + " is left out from here on: " + e.getMessage());
      clients.remove(client);
      process.close();
    }
  }

  private LoadServer.Counts closed(String port) {
    List<Integer> counts = server.ask("close " + port).stream().map(Integer::valueOf).toList();
    return new LoadServer.Counts(counts.get(0), counts.get(1), counts.get(2));
  }
}
