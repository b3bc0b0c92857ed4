package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.WorkQueue.Accepted;
import dev.fetchwell.batch.WorkQueue.Unfinished;
import dev.fetchwell.batch.WorkQueueStats;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.QueueClosedError;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoJobs;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Jobs in the background: whoever brings them faster than the workers do them has to wait, what
 * fails is tried again later, what fails for good is kept apart, and a shutdown finishes what was
 * accepted.
 */
@Command(
    name = "WorkQueue",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Does 10,000 jobs with a bounded queue, retries and dead letters.")
public final class WorkQueue implements Callable<Integer> {

  private static final Duration PERIOD = Duration.ofMillis(500);
  private static final Duration GRACE = Duration.ofMinutes(5);

  @Option(
      names = "--url",
      description = "Job n is a POST to this, with /n behind it. Default: a demo server's.")
  private @Nullable String url;

  @Option(names = "--jobs", description = "How many.")
  private int jobs = 10_000;

  @Option(names = "--workers", description = "Jobs that run at once.")
  private int workers = 48;

  @Option(names = "--capacity", description = "Jobs that have a place, those that run included.")
  private int capacity = 500;

  @Option(names = "--attempts", description = "How often a job is tried at most.")
  private int attempts = 5;

  @Option(names = "--timeout", description = "Milliseconds for one try.")
  private int millis = 1_000;

  private final PrintStream out;
  private AtomicIntegerArray done = new AtomicIntegerArray(0);
  private AtomicIntegerArray dead = new AtomicIntegerArray(0);
  private int waited;
  private int deepest;

  WorkQueue(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new WorkQueue(System.out), args);
  }

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    if (url == null) {
      return demo();
    }
    try (AsyncHttpClient client = client()) {
      WorkQueueStats stats = doAll(client, url);
      return stats.done() == jobs ? 0 : 1;
    }
  }

  private AsyncHttpClient client() {
    return Recorded.builder().maxConcurrencyPerHost(workers).build();
  }

  private dev.fetchwell.batch.WorkQueue<Integer> open(AsyncHttpClient client, String service) {
    RetryPolicy later =
        RetryPolicy.builder()
            .maxAttempts(attempts)
            .backoff(
                Backoff.exponential(Duration.ofMillis(50), Duration.ofSeconds(2)).withFullJitter())
            .build();
    return dev.fetchwell.batch.WorkQueue.of((Integer job) -> request(client, service, job))
        .workers(workers)
        .capacity(capacity)
        .jobTimeout(Duration.ofMillis(millis))
        .retry(later)
        .deadLetter(this::dead)
        .open();
  }

  /** The queue tries again and not the client: so a job that waits has given its worker back. */
  private static CompletableFuture<@Nullable Void> request(
      AsyncHttpClient client, String service, int job) {
    return client
        .post(service + "/{job}", job)
        .idempotencyKey("job-" + job)
        .tag("job")
        .noRetry()
        .asVoid();
  }

  private void dead(Integer job, FetchError error) {
    if (dead.incrementAndGet(job) == 1 && IntStream.range(0, job).allMatch(j -> dead.get(j) == 0)) {
      out.println("  a dead letter: job " + job + ": " + error.getMessage());
    }
  }

  private WorkQueueStats doAll(AsyncHttpClient client, String service)
      throws InterruptedException, ExecutionException {
    done = new AtomicIntegerArray(jobs);
    dead = new AtomicIntegerArray(jobs);
    long start = System.nanoTime();
    try (dev.fetchwell.batch.WorkQueue<Integer> queue = open(client, service)) {
      submitAll(queue);
      out.println("  all " + jobs + " jobs are in; from here on no other one is taken");
      CompletableFuture<List<Unfinished<Integer>>> ended = queue.shutdown(GRACE);
      await(ended, queue);
      List<Unfinished<Integer>> left = ended.get();
      left.forEach(each -> out.println("  not finished: job " + each.job()));
      show(queue.stats());
      double seconds = (System.nanoTime() - start) / 1e9;
      out.printf(Locale.ROOT, "  %.1f s, %.0f jobs per second%n", seconds, jobs / seconds);
      return queue.stats();
    }
  }

  private void submitAll(dev.fetchwell.batch.WorkQueue<Integer> queue) {
    long shown = System.nanoTime();
    for (int job = 0; job < jobs; job++) {
      CompletableFuture<Accepted<Integer>> submission = queue.submit(job);
      waited += submission.isDone() ? 0 : 1;
      Accepted<Integer> accepted = submission.join(); // It has its place.
      var unused = accepted.result().thenRun(() -> done.incrementAndGet(accepted.job()));
      WorkQueueStats stats = queue.stats();
      deepest = Math.max(deepest, stats.queued() + stats.running());
      if (System.nanoTime() - shown >= PERIOD.toNanos()) {
        shown = System.nanoTime();
        show(stats);
      }
    }
  }

  private void await(CompletableFuture<?> ended, dev.fetchwell.batch.WorkQueue<Integer> queue)
      throws InterruptedException, ExecutionException {
    while (!ended.isDone()) {
      try {
        ended.get(PERIOD.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        show(queue.stats());
      }
    }
  }

  private void show(WorkQueueStats stats) {
    out.printf(
        Locale.ROOT,
        "  done %5d, dead %2d; depth %3d, running %2d; mean wait %3d ms; retries %4d%n",
        stats.done(),
        stats.deadLettered(),
        stats.queued(),
        stats.running(),
        stats.meanWait().toMillis(),
        stats.retries());
  }

  private int demo() throws InterruptedException, ExecutionException {
    Report report = new Report(out);
    DemoJobs service = new DemoJobs();
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = client()) {
      server.routes().add("/jobs/{number}", service);
      WorkQueueStats stats = doAll(client, server.url("/jobs"));
      claim(report, stats, service);
      report.claim(
          "at most " + workers + " requests at once: " + server.maxConcurrency("/jobs"),
          // One that was given up runs on until the server notices.
          server.maxConcurrency("/jobs") <= workers + jobs / 200 + 1);
      shutDownInTheMiddle(client, server.url("/stalled?job="), report);
    }
    return report.end() ? 0 : 1;
  }

  private void claim(Report report, WorkQueueStats stats, DemoJobs service) {
    int[] all = IntStream.range(0, jobs).toArray();
    int lost = count(all, job -> DemoJobs.fate(job) != DemoJobs.Fate.DONE);
    report.claim(
        "every job is done or a dead letter, exactly once",
        count(all, job -> done.get(job) + dead.get(job) == 1) == jobs);
    report.claim(
        "dead letters are those that nothing helps, and no other: " + lost,
        count(all, job -> (dead.get(job) == 1) == (DemoJobs.fate(job) != DemoJobs.Fate.DONE))
            == jobs);
    report.claim(
        "each job that is done had its effect once",
        count(all, job -> service.effects(job) == done.get(job)) == jobs);
    report.claim(
        "the counts say the same: " + stats.done() + " done, " + stats.deadLettered() + " dead",
        stats.done() == jobs - lost
            && stats.deadLettered() == lost
            && stats.cancelled() == 0
            && stats.queued() + stats.running() + stats.submitting() == 0);
    int failing = count(all, job -> DemoJobs.failures(job) > 0);
    report.claim(
        failing + " jobs failed at first: " + stats.retries() + " retries",
        stats.retries() >= failing);
    report.claim(
        "at most "
            + capacity
            + " jobs had a place, those included that were just ending: "
            + deepest,
        deepest > workers && deepest <= capacity + workers);
    report.claim("so whoever brought them had to wait, " + waited + " times", waited > 0);
  }

  private static int count(int[] all, IntPredicate which) {
    return (int) IntStream.of(all).filter(which).count();
  }

  /** Jobs that would never end, a grace that is too short for them, and what becomes of them. */
  private void shutDownInTheMiddle(AsyncHttpClient client, String stalled, Report report)
      throws InterruptedException, ExecutionException {
    try (dev.fetchwell.batch.WorkQueue<Integer> queue =
        dev.fetchwell.batch.WorkQueue.of((Integer job) -> client.getString(stalled + job))
            .workers(4)
            .capacity(20)
            .open()) {
      for (int job = 0; job < 20; job++) {
        queue.submit(job).join();
      }
      // Also the function of each has been called.
      Report.becomesTrue(() -> client.stats().inFlight() == 4);
      CompletableFuture<List<Unfinished<Integer>>> ended = queue.shutdown(Duration.ofMillis(100));
      Throwable refused = queue.submit(20).handle((accepted, thrown) -> thrown).get();
      report.claim("a queue that is shut down takes no job", refused instanceof QueueClosedError);
      List<Unfinished<Integer>> left = ended.get();
      report.claim(
          "and hands back what it cannot finish in time: "
              + left.size()
              + " jobs, of which "
              + left.stream().filter(each -> each.runs() > 0).count()
              + " had begun",
          left.stream()
                  .map(Unfinished::job)
                  .toList()
                  .equals(IntStream.range(0, 20).boxed().toList())
              && left.stream().filter(each -> each.runs() > 0).count() == 4);
    }
  }
}
