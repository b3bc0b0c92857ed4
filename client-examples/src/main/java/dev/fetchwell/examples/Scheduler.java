package dev.fetchwell.examples;

import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Await;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.OnExit;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.postgres.DatabaseOptions;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.schedule.FixedRate;
import dev.fetchwell.examples.schedule.Journal;
import dev.fetchwell.examples.schedule.Recurring;
import dev.fetchwell.examples.schedule.Runner;
import dev.fetchwell.examples.schedule.SchedulerClaims;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Recurring calls: health checks at a fixed rate, a cache that is warmed with a fixed delay, and a
 * report by cron. No run overlaps the one before, also not one of another process; what was missed
 * is made up for once; and a stop waits for what runs.
 */
@Command(
    name = "Scheduler",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Runs health checks and warms a cache, by fixed rate, fixed delay and cron.")
public final class Scheduler implements Callable<Integer> {

  private static final String DEMO_SCHEMA = "fetchwell_scheduler_demo";

  @Option(names = "--url", description = "What is checked. Default: a demo server's.")
  private @Nullable String url;

  @Option(names = "--warm", description = "What is put into the cache; repeatable.")
  private List<String> warm = new ArrayList<>();

  @Option(names = "--rate", description = "Milliseconds from one check to the next.")
  private int rate = 500;

  @Option(names = "--delay", description = "Milliseconds from the end of a warming to the next.")
  private int delay = 400;

  @Option(names = "--cron", description = "When to report: second, minute, hour, day, month, week.")
  private String cron = "*/2 * * * * *";

  @Option(names = "--seconds", description = "With --url: for how long; 0: until Ctrl-C.")
  private int seconds = 5;

  @Option(names = "--memory", description = "Remember what is due in memory, without a database.")
  private boolean memory;

  @Option(names = "--schema", description = "Where in the database the table is.")
  private String schema = "fetchwell_scheduler";

  @Mixin private DatabaseOptions databaseOptions = new DatabaseOptions();

  private final PrintStream out;
  private final Map<String, Integer> cache = new ConcurrentHashMap<>();
  private volatile Journal journal = new Journal();

  Scheduler(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Scheduler(System.out), args);
  }

  @Override
  public Integer call() throws SQLException, InterruptedException {
    if (url == null) {
      return demo();
    }
    try (AsyncHttpClient client = Recorded.client()) {
      if (memory) {
        runFor(Runner.inMemory(tasks(client, "memory", url)));
      } else {
        try (Database database = databaseOptions.open(schema)) {
          String name = "process " + ProcessHandle.current().pid();
          runFor(Runner.durable(database, name, tasks(client, name, url)));
        }
      }
    }
    return 0;
  }

  private void runFor(Runner runner) throws InterruptedException {
    CountDownLatch told = new CountDownLatch(1);
    Runnable stop =
        () -> {
          runner.stop();
          out.println("stopped: " + journal.runs("health").size() + " checks");
          told.countDown();
        };
    OnExit exit = OnExit.run(stop);
    if (!told.await(seconds == 0 ? Long.MAX_VALUE : seconds, TimeUnit.SECONDS)) {
      exit.done();
      stop.run();
    }
  }

  private List<Recurring> tasks(AsyncHttpClient client, String runner, String health) {
    return List.of(
        task("health", runner, new FixedRate(Duration.ofMillis(rate)), () -> check(client, health)),
        task("warm", runner, Schedules.fixedDelay(Duration.ofMillis(delay)), () -> fill(client)),
        task("report", runner, Schedules.cron(cron), this::print));
  }

  private Recurring task(String name, String runner, Schedule schedule, Runnable work) {
    return new Recurring(name, schedule, journal.recorded(name, runner, due -> work.run()));
  }

  /** A check that fails is no reason to check no more: what it throws ends this run only. */
  private void check(AsyncHttpClient client, String health) {
    try {
      Await.result(client.get(health).noRetry().timeout(Duration.ofSeconds(5)).asVoid());
    } catch (FetchError error) {
      out.println("  not healthy: " + error.getMessage());
      throw error;
    }
  }

  private void fill(AsyncHttpClient client) {
    Batch.of(warm, client::getBytes)
        .concurrency(4)
        .forEach((page, outcome) -> outcome.map(bytes -> cache.put(page, bytes.length)))
        .join();
  }

  private void print() {
    List<Journal.Run> checks = journal.runs("health");
    long failed = checks.stream().filter(run -> !run.ok()).count();
    out.println(
        "  "
            + checks.size()
            + " checks, "
            + failed
            + " failed; "
            + cache.size()
            + " pages in the cache, warmed "
            + journal.runs("warm").size()
            + " times");
  }

  private int demo() throws SQLException, InterruptedException {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      server
          .routes()
          .add(
              "/health",
              exchange -> {
                int number = journal.runs("health").size() + 1; // One at a time.
                exchange.pause(Duration.ofMillis(number % 4 == 0 ? rate * 3 / 2 : 1));
                if (number % 5 == 0) {
                  exchange.error(503, "check " + number + " fails");
                } else {
                  exchange.empty(204);
                }
              });
      warm = IntStream.rangeClosed(1, 5).mapToObj(id -> "/users/" + id).toList();
      SchedulerClaims claims =
          new SchedulerClaims(report, Duration.ofMillis(rate), Duration.ofMillis(delay), cron);
      if (!memory) {
        durably(client, report, claims);
      }
      inMemory(client, report, claims);
      report.claim("the cache is warm: " + cache.size() + " pages", cache.size() == warm.size());
    }
    return report.end() ? 0 : 1;
  }

  private void durably(AsyncHttpClient client, Report report, SchedulerClaims claims)
      throws SQLException, InterruptedException {
    try (Database database = databaseOptions.open(DEMO_SCHEMA)) {
      database.clear();
      report.done("two runners on one table, as two processes would be");
      Runner one = Runner.durable(database, "one", tasks(client, "one", "/health"));
      Runner two = Runner.durable(database, "two", tasks(client, "two", "/health"));
      awaitChecks(7);
      Report.becomesTrue(() -> journal.running("health") == 1);
      one.stop();
      two.stop();
      claims.ofRuns(journal);
      claims.ofStop(journal);
      Instant stopped = Instant.now();
      TimeUnit.MILLISECONDS.sleep(2_500); // Nobody is there.
      claims.ofSilence(journal, stopped);
      journal = new Journal();
      Instant started = Instant.now();
      Runner three = Runner.durable(database, "three", tasks(client, "three", "/health"));
      awaitChecks(4);
      three.stop();
      claims.ofMissedRuns(journal, started);
      database.clear();
    }
  }

  /** Until there are so many, and some of the other runs, or for a minute. */
  private void awaitChecks(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (System.nanoTime() - end < 0
        && (journal.runs("health").size() < count
            || journal.runs("warm").size() < 4
            || journal.runs("report").isEmpty())) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void inMemory(AsyncHttpClient client, Report report, SchedulerClaims claims)
      throws InterruptedException {
    report.done("in memory");
    journal = new Journal();
    Runner runner = Runner.inMemory(tasks(client, "memory", "/health"));
    awaitChecks(7);
    runner.stop();
    claims.ofRuns(journal);
  }
}
