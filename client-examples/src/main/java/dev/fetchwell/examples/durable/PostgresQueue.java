package dev.fetchwell.examples.durable;

import dev.fetchwell.batch.WorkQueue;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.policy.RetryPolicy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The work queue that outlives its process: jobs are rows, and any number of processes take them.
 * What was submitted is done or dead-lettered, whoever dies meanwhile; a job whose process died, or
 * was too slow for its lease, runs again, so its function must send the job's key along.
 *
 * <p>One thread and one connection serve the table; the jobs themselves run in a {@link WorkQueue}
 * without a backlog: as many are taken as there are free workers, and the others are left to other
 * processes.
 */
public final class PostgresQueue implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  /** How often it connects again while it is stopping. */
  private static final int PATIENCE = 5;

  private final Database database;
  private final Settings settings;
  private final WorkQueue<Claim> workers;
  private final Map<Long, Claim> running = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Ending> endings = new LinkedBlockingQueue<>();
  private final AtomicInteger late = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
  private volatile boolean stopping;

  /**
   * How a process works.
   *
   * @param owner a name for this process
   * @param workers jobs at once
   * @param lease how long a job belongs to this process after its last sign of life
   * @param jobTimeout the longest time of one run
   * @param retry which failures are tried again, how often and after what delay
   */
  public record Settings(
      String owner, int workers, Duration lease, Duration jobTimeout, RetryPolicy retry) {}

  private PostgresQueue(
      Database database, Settings settings, Function<Job, CompletableFuture<?>> function) {
    this.database = database;
    this.settings = settings;
    this.workers =
        WorkQueue.of((Claim claim) -> function.apply(claim.job()))
            .workers(settings.workers())
            .capacity(settings.workers())
            .jobTimeout(settings.jobTimeout())
            .deadLetter((claim, error) -> {}) // Its future tells.
            .open();
  }

  /** Begins to work; the table is created where it is missing. */
  public static PostgresQueue open(
      Database database, Settings settings, Function<Job, CompletableFuture<?>> function)
      throws SQLException {
    JobTable.create(database);
    PostgresQueue queue = new PostgresQueue(database, settings, function);
    Thread thread = new Thread(queue::serve, "jobs");
    thread.setDaemon(true);
    thread.start();
    return queue;
  }

  /** Adds jobs, for good once this returns; how many of their keys were not there yet. */
  public static int submit(Database database, Collection<Job> jobs) throws SQLException {
    JobTable.create(database);
    try (JobTable table = new JobTable(database, "")) {
      return table.add(jobs);
    }
  }

  /** What is in the table, of all processes. */
  public static JobCounts count(Database database) throws SQLException {
    try (JobTable table = new JobTable(database, "")) {
      return table.count();
    }
  }

  /** How many runs ended here after their lease, so that another process had taken the job. */
  public int late() {
    return late.get();
  }

  /**
   * Takes no further jobs and finishes those that run; what is left after the grace is cancelled
   * and given back at once.
   *
   * @return completes when this process has no job any more
   */
  public CompletableFuture<@Nullable Void> shutdown(Duration grace) {
    stopping = true;
    var unused = workers.shutdown(grace);
    return ended.copy();
  }

  @Override
  public void close() {
    shutdown(Duration.ZERO).join();
  }

  private void serve() {
    int failures = 0;
    try {
      while (!isOver()) {
        try (JobTable table = new JobTable(database, settings.owner())) {
          serve(table);
        } catch (SQLException away) {
          // The leases may run out meanwhile; what has ended here is written later, or is too late.
          if (stopping && ++failures > PATIENCE) {
            throw away;
          }
          TimeUnit.NANOSECONDS.sleep(RECONNECT.toNanos());
        }
      }
      ended.complete(null);
    } catch (Throwable thrown) {
      ended.completeExceptionally(thrown);
      workers.close();
    }
  }

  private boolean isOver() {
    return stopping && running.isEmpty();
  }

  private void serve(JobTable table) throws SQLException, InterruptedException {
    long extended = System.nanoTime();
    while (!isOver()) {
      write(table);
      if (System.nanoTime() - extended > settings.lease().toNanos() / 3) {
        extended = System.nanoTime();
        table.extend(running.values(), settings.lease());
      }
      int free = settings.workers() - running.size();
      if (free > 0 && !stopping) {
        table.take(free, settings.lease()).forEach(this::begin);
      }
      waitForAnEnd();
    }
  }

  /** Until a job has ended, but not for long: others may have added some. */
  private void waitForAnEnd() throws InterruptedException {
    Ending first = endings.poll(POLL.toNanos(), TimeUnit.NANOSECONDS);
    if (first != null) {
      endings.add(first);
    }
  }

  private void begin(Claim claim) {
    running.put(claim.id(), claim);
    int most = settings.retry().maxAttempts();
    if (claim.run() > most) { // Whoever ran it died each time.
      endings.add(Ending.dead(claim, "begun " + most + " times, and never ended"));
      return;
    }
    workers
        .offer(claim)
        .ifPresentOrElse(
            accepted -> {
              var unused =
                  accepted
                      .result()
                      .whenComplete((value, thrown) -> endings.add(ending(claim, thrown)));
            },
            () -> endings.add(Ending.again(claim, null, Duration.ZERO)));
  }

  private Ending ending(Claim claim, @Nullable Throwable thrown) {
    if (thrown == null) {
      return Ending.done(claim);
    }
    FetchError error = FetchError.of(thrown);
    if (error == null) {
      boolean givenBack = thrown instanceof CancellationException;
      return givenBack
          ? Ending.again(claim, null, Duration.ZERO)
          : Ending.dead(claim, thrown.toString());
    }
    RetryPolicy retry = settings.retry();
    boolean unknown = error instanceof UnexpectedError && !retry.hasCondition();
    if (claim.run() >= retry.maxAttempts() || !(unknown || retry.retries(error))) {
      return Ending.dead(claim, describe(error));
    }
    Duration delay = retry.backoff().delay(claim.run(), ThreadLocalRandom.current());
    return Ending.again(claim, describe(error), delay);
  }

  private static String describe(FetchError error) {
    Throwable cause = error instanceof UnexpectedError ? error.getCause() : null;
    return String.valueOf(cause == null ? error.getMessage() : cause);
  }

  private void write(JobTable table) throws SQLException {
    List<Ending> some = new ArrayList<>(endings);
    if (!some.isEmpty()) {
      late.addAndGet(table.end(some));
      endings.removeAll(some);
      some.forEach(ending -> running.remove(ending.claim().id()));
    }
  }
}
