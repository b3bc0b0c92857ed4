package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.BatchSummary;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.fleet.FleetLimiter;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.postgres.DatabaseOptions;
import dev.fetchwell.examples.process.JavaProcess;
import dev.fetchwell.examples.quickstart.Report;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A server allows so many requests per second, and several processes ask it. They share one limit
 * through their database, whoever of them has more to do.
 */
@Command(
    name = "FleetLimit",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Shares one rate limit between processes, through PostgreSQL.")
public final class FleetLimit implements Callable<Integer> {

  private static final String DEMO_SCHEMA = "fetchwell_limit_demo";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Option(names = "--url", description = "What to ask again and again. Default: a demo server's.")
  private @Nullable String url;

  @Option(names = "--rate", description = "Requests per second, of all processes together.")
  private int rate = 100;

  @Option(names = "--burst", description = "Requests that may have been saved up.")
  private int burst = 10;

  @Option(names = "--seconds", description = "For how long.")
  private int seconds = 5;

  @Option(names = "--schema", description = "Where in the database the table is.")
  private String schema = "fetchwell_limit";

  @Mixin private DatabaseOptions databaseOptions = new DatabaseOptions();

  private final PrintStream out;

  FleetLimit(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new FleetLimit(System.out), args);
  }

  @Override
  public Integer call() throws SQLException, InterruptedException {
    if (url == null) {
      return demo();
    }
    try (Database database = databaseOptions.open(schema);
        FleetLimiter limiter = FleetLimiter.join(database, "fleet", rate, burst);
        AsyncHttpClient client = Recorded.builder().rateLimiter(limiter).build()) {
      BatchSummary summary = ask(client, url);
      out.printf(
          Locale.ROOT,
          "%d requests, %.1f per second, %d failed%n",
          summary.total(),
          summary.total() * 1e9 / summary.elapsed().toNanos(),
          summary.failed());
      return summary.failed() == 0 ? 0 : 1;
    }
  }

  /** As many requests as it may: the client waits for a turn before each, also before a retry. */
  private BatchSummary ask(AsyncHttpClient client, String address) {
    // The first one loads classes and opens a connection, while the turns of others would come.
    client.get(address).asResponse().join();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    Iterator<String> untilThen =
        Stream.generate(() -> address).takeWhile(next -> System.nanoTime() - end < 0).iterator();
    return Batch.of(untilThen, next -> client.get(next).asVoid())
        .concurrency(2 * burst)
        .forEach((next, outcome) -> {})
        .join();
  }

  private record Arrival(String process, long nanos) {}

  private int demo() throws SQLException, InterruptedException {
    Report report = new Report(out);
    Queue<Arrival> queue = new ConcurrentLinkedQueue<>();
    try (DemoServer server = DemoServer.start();
        Database database = databaseOptions.open(DEMO_SCHEMA)) {
      server
          .routes()
          .add(
              "/scarce/{process}",
              exchange -> {
                queue.add(new Arrival(exchange.variable("process"), System.nanoTime()));
                exchange.empty(204);
              });
      database.clear();
      try (JavaProcess a = process(database, server.url("/scarce/A"), "A");
          JavaProcess b = process(database, server.url("/scarce/B"), "B")) {
        report.claim(
            "two processes asked as fast as they may", a.await(PATIENCE) + b.await(PATIENCE) == 0);
      }
      database.clear();
    }
    claim(report, List.copyOf(queue));
    return report.end() ? 0 : 1;
  }

  private JavaProcess process(Database database, String service, String name) {
    return JavaProcess.start(
        FleetLimit.class,
        database.url(),
        line -> out.println("  " + name + " | " + line),
        List.of(
            "--url=" + service,
            "--schema=" + DEMO_SCHEMA,
            "--rate=" + rate,
            "--burst=" + burst,
            "--seconds=" + seconds));
  }

  private void claim(Report report, List<Arrival> arrivals) {
    long[] nanos = arrivals.stream().mapToLong(Arrival::nanos).sorted().toArray();
    if (nanos.length == 0) {
      report.claim("the server got requests", false);
      return;
    }
    double span = (nanos[nanos.length - 1] - nanos[0]) / 1e9;
    // What one process had reserved at the start may arrive a little later.
    double allowed = rate * span + 2 * burst;
    report.claim(
        String.format(
            Locale.ROOT,
            "together they sent %d requests in %.1f s, and %.0f are allowed",
            nanos.length,
            span,
            allowed),
        nanos.length <= allowed);
    report.claim(
        "the limit is used, not just kept: " + Math.round(nanos.length / span) + " per second",
        nanos.length >= rate * span * 0.6);
    int worst = worstSecond(nanos);
    // A process that stalls sends late, and at once, what it had reserved.
    report.claim("the worst second had " + worst, worst <= rate + 3 * burst);
    long ofA = arrivals.stream().filter(each -> each.process().equals("A")).count();
    long ofB = nanos.length - ofA;
    report.claim(
        "each got its share: A " + ofA + ", B " + ofB, Math.min(ofA, ofB) * 4 >= nanos.length);
  }

  private static int worstSecond(long[] sorted) {
    int worst = 0;
    int first = 0;
    for (int last = 0; last < sorted.length; last++) {
      while (sorted[last] - sorted[first] > TimeUnit.SECONDS.toNanos(1)) {
        first++;
      }
      worst = Math.max(worst, last - first + 1);
    }
    return worst;
  }
}
