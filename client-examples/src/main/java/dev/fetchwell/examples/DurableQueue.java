package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.OnExit;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoJobs;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.durable.Job;
import dev.fetchwell.examples.durable.JobCounts;
import dev.fetchwell.examples.durable.PostgresQueue;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.postgres.DatabaseOptions;
import dev.fetchwell.examples.process.JavaProcess;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The work queue in a database: two processes share the jobs, one of them is killed, and each job
 * still ends exactly once, as far as the service keeps to the jobs' idempotency keys.
 */
@Command(
    name = "DurableQueue",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Shares jobs between processes through PostgreSQL, and loses none to a kill -9.")
public final class DurableQueue implements Callable<Integer> {

  private static final String DEMO_SCHEMA = "fetchwell_queue_demo";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Option(
      names = "--url",
      description = "Job n is a POST to this, with /n behind it. Default: a demo server's.")
  private @Nullable String url;

  @Option(
      names = "--jobs",
      description = "How many to submit, if they are not there; 0: only do what is there.")
  private int jobs = 5_000;

  @Option(names = "--workers", description = "Jobs at once, in each process.")
  private int workers = 16;

  @Option(names = "--attempts", description = "How often a job is tried at most.")
  private int attempts = 8;

  @Option(names = "--lease", description = "Seconds until the jobs of a dead process run again.")
  private int lease = 3;

  @Option(names = "--timeout", description = "Milliseconds for one try.")
  private int millis = 1_000;

  @Option(names = "--schema", description = "Where in the database the table is.")
  private String schema = "fetchwell_queue";

  @Mixin private DatabaseOptions databaseOptions = new DatabaseOptions();

  private final PrintStream out;

  DurableQueue(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new DurableQueue(System.out), args);
  }

  @Override
  public Integer call() throws SQLException, InterruptedException {
    if (url == null) {
      return demo();
    }
    try (Database database = databaseOptions.open(schema)) {
      if (jobs > 0) {
        out.println(PostgresQueue.submit(database, numbered(jobs)) + " jobs are new");
      }
      JobCounts counts = work(database, url);
      return counts.dead() == 0 ? 0 : 1;
    }
  }

  private static List<Job> numbered(int jobs) {
    return IntStream.range(0, jobs)
        .mapToObj(n -> new Job("job-" + n, Integer.toString(n)))
        .toList();
  }

  /** Does jobs beside other processes until none is left, of theirs neither. */
  private JobCounts work(Database database, String service)
      throws SQLException, InterruptedException {
    RetryPolicy later =
        RetryPolicy.builder()
            .maxAttempts(attempts)
            .backoff(
                Backoff.exponential(Duration.ofMillis(50), Duration.ofSeconds(2)).withFullJitter())
            .build();
    String owner = "process " + ProcessHandle.current().pid();
    PostgresQueue.Settings settings =
        new PostgresQueue.Settings(
            owner, workers, Duration.ofSeconds(lease), Duration.ofMillis(millis), later);
    try (AsyncHttpClient client = Recorded.builder().maxConcurrencyPerHost(workers).build();
        Bar bar = Bar.open(out, "jobs", "jobs", 1);
        PostgresQueue queue =
            PostgresQueue.open(database, settings, job -> request(client, service, job))) {
      // Ctrl-C: what runs is finished, or given back.
      OnExit exit = OnExit.run(() -> queue.shutdown(Duration.ofSeconds(10)).join());
      JobCounts counts = shown(bar, database);
      while (counts.open() > 0) {
        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        counts = shown(bar, database);
      }
      exit.done();
      return counts;
    }
  }

  private static JobCounts shown(Bar bar, Database database) throws SQLException {
    JobCounts counts = PostgresQueue.count(database);
    long ended = counts.done() + counts.dead();
    bar.show(ended, ended + counts.open());
    return counts;
  }

  private static CompletableFuture<@Nullable Void> request(
      AsyncHttpClient client, String service, Job job) {
    return client
        .post(service + "/{job}", job.payload())
        .idempotencyKey(job.key())
        .tag("job")
        .noRetry()
        .asVoid();
  }

  private int demo() throws SQLException, InterruptedException {
    Report report = new Report(out);
    DemoJobs service = new DemoJobs();
    try (DemoServer server = DemoServer.start();
        Database database = databaseOptions.open(DEMO_SCHEMA)) {
      server.routes().add("/jobs/{number}", service);
      database.clear();
      int added = PostgresQueue.submit(database, numbered(jobs));
      int again = PostgresQueue.submit(database, numbered(jobs));
      report.claim(
          "jobs are submitted once, by their keys: " + added + ", and then " + again,
          added == jobs && again == 0);
      share(report, database, server.url("/jobs"));
      claim(report, database, service);
      database.clear();
    }
    return report.end() ? 0 : 1;
  }

  private void share(Report report, Database database, String service)
      throws SQLException, InterruptedException {
    try (JavaProcess first = process(database, service, "A");
        JavaProcess second = process(database, service, "B")) {
      String byA = " AND owner = 'process " + first.pid() + "'";
      String atWork = "SELECT count(*) FROM jobs WHERE state = 'open'" + byA;
      String done = "SELECT count(*) FROM jobs WHERE state = 'done'" + byA;
      while (first.isAlive()
          && (PostgresQueue.count(database).done() < jobs / 4
              || database.number(done) == 0
              || database.number(atWork) == 0)) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
      first.kill();
      int code = first.await(PATIENCE);
      long orphans = database.number(atWork);
      report.claim(
          "A is killed, exit code " + code + ", with " + orphans + " jobs at hand",
          code != 0 && orphans > 0);
      int otherCode = second.await(PATIENCE);
      long byFirst = database.number(done);
      long bySecond = PostgresQueue.count(database).done() - byFirst;
      report.claim(
          "A had done " + byFirst + ", B did " + bySecond + " and ended by itself",
          byFirst > 0 && bySecond > 0 && otherCode == (expectedDead() > 0 ? 1 : 0));
      report.claim("no job of A's is left", database.number(atWork) == 0);
    }
  }

  private JavaProcess process(Database database, String service, String name) {
    return JavaProcess.start(
        DurableQueue.class,
        database.url(),
        line -> out.println("  " + name + " | " + line.strip()),
        List.of(
            "--url=" + service,
            "--jobs=0", // They are there.
            "--schema=" + DEMO_SCHEMA,
            "--workers=" + workers,
            "--attempts=" + attempts,
            "--lease=" + lease,
            "--timeout=" + millis));
  }

  private long expectedDead() {
    return IntStream.range(0, jobs).filter(n -> DemoJobs.fate(n) != DemoJobs.Fate.DONE).count();
  }

  private void claim(Report report, Database database, DemoJobs service) throws SQLException {
    JobCounts counts = PostgresQueue.count(database);
    long dead = expectedDead();
    report.claim(
        "every job has ended: " + counts.done() + " done, " + counts.dead() + " dead letters",
        counts.open() == 0 && counts.done() == jobs - dead && counts.dead() == dead);
    report.claim(
        "a dead letter keeps its error",
        database.number("SELECT count(*) FROM jobs WHERE state = 'dead' AND error <> ''") == dead);
    long once =
        IntStream.range(0, jobs)
            .filter(n -> service.effects(n) == (DemoJobs.fate(n) == DemoJobs.Fate.DONE ? 1 : 0))
            .count();
    report.claim(
        "each job that is done had its effect once; "
            + service.repeated()
            + " came again with their key",
        once == jobs);
    report.claim(
        "runs beyond the first: " + database.number("SELECT sum(run - 1) FROM jobs WHERE run > 0"),
        database.number("SELECT count(*) FROM jobs WHERE run > 1")
            >= IntStream.range(0, jobs).filter(n -> DemoJobs.failures(n) > 0).count());
  }
}
