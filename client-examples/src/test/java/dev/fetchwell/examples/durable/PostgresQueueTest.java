package dev.fetchwell.examples.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PostgresQueueTest {

  @TempDir static Path folder;

  private static Database database;

  private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();
  private final CompletableFuture<Object> never = new CompletableFuture<>();

  @BeforeAll
  static void start() {
    database = Database.embedded(folder, "queue");
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void clear() throws SQLException {
    database.clear();
  }

  private PostgresQueue open(
      String owner, Duration lease, Function<Job, CompletableFuture<?>> function)
      throws SQLException {
    RetryPolicy twice =
        RetryPolicy.builder().maxAttempts(2).backoff(Backoff.fixed(Duration.ofMillis(1))).build();
    Duration hour = Duration.ofHours(1);
    return PostgresQueue.open(
        database, new PostgresQueue.Settings(owner, 2, lease, hour, twice), function);
  }

  private static void submit(String... keys) throws SQLException {
    PostgresQueue.submit(database, List.of(keys).stream().map(k -> new Job(k, "of " + k)).toList());
  }

  private String nextBegun() throws InterruptedException {
    return String.valueOf(begun.poll(20, TimeUnit.SECONDS));
  }

  private CompletableFuture<?> hang(Job job) {
    begun.add(job.key());
    return never.copy();
  }

  private CompletableFuture<?> succeed(Job job) {
    begun.add(job.key());
    return CompletableFuture.completedFuture(job.payload());
  }

  private static void becomes(JobCounts expected) throws SQLException {
    Supplier<JobCounts> now =
        () -> {
          try {
            return PostgresQueue.count(database);
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        };
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!now.get().equals(expected) && System.nanoTime() < end) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(now.get()).isEqualTo(expected);
  }

  @Test
  void processTakesNoMoreThanItHasWorkersAndLeavesTheRestToOthers() throws Exception {
    submit("a", "b", "c");
    try (PostgresQueue busy = open("one", Duration.ofHours(1), this::hang)) {
      assertThat(List.of(nextBegun(), nextBegun())).containsExactlyInAnyOrder("a", "b");
      try (PostgresQueue other = open("two", Duration.ofHours(1), this::succeed)) {
        assertThat(nextBegun()).isEqualTo("c");
        becomes(new JobCounts(2, 1, 0));
        assertThat(other.late() + busy.late()).isZero();
      }
    }
  }

  @Test
  void shutdownGivesBackWhatRunsAtOnce() throws Exception {
    submit("a");
    PostgresQueue queue = open("one", Duration.ofHours(1), this::hang);
    assertThat(nextBegun()).isEqualTo("a");
    queue.shutdown(Duration.ZERO).get(10, TimeUnit.SECONDS);
    try (PostgresQueue next = open("two", Duration.ofHours(1), this::succeed)) {
      assertThat(nextBegun()).isEqualTo("a");
      becomes(new JobCounts(0, 1, 0));
      assertThat(next.late()).isZero();
    }
  }

  @Test
  void jobWhoseLeaseRanOutIsEndedByWhoHasItNow() throws Exception {
    submit("a");
    CompletableFuture<Object> slow = new CompletableFuture<>();
    try (PostgresQueue stalled =
        open(
            "one",
            Duration.ofHours(1),
            job -> {
              begun.add("slowly " + job.key());
              return slow.copy();
            })) {
      assertThat(nextBegun()).isEqualTo("slowly a");
      database.execute("UPDATE jobs SET due = now()"); // As if it had not been heard of for long.
      database.execute("UPDATE jobs SET due = now(), run = run + 1, state = 'done'");
      slow.completeExceptionally(new IllegalArgumentException("too late"));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (stalled.late() == 0 && System.nanoTime() < end) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(stalled.late()).isEqualTo(1);
      becomes(new JobCounts(0, 1, 0));
    }
  }

  @Test
  void leaseIsExtendedWhileTheJobRuns() throws Exception {
    submit("a");
    try (PostgresQueue slow = open("one", Duration.ofMillis(900), this::hang)) {
      assertThat(nextBegun()).isEqualTo("a");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      String lease = "SELECT extract(epoch FROM due) * 1000 FROM jobs";
      long first = database.number(lease);
      while (database.number(lease) < first + 1_000 && System.nanoTime() < end) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(database.number(lease)).isGreaterThanOrEqualTo(first + 1_000);
      assertThat(database.number("SELECT run FROM jobs")).isEqualTo(1);
      assertThat(slow.late()).isZero();
    }
  }

  @Test
  void failureIsTriedAgainAndThenKeptWithItsError() throws Exception {
    submit("a");
    try (PostgresQueue queue =
        open(
            "one",
            Duration.ofHours(1),
            job -> {
              begun.add(job.key());
              throw new IllegalStateException("no such thing");
            })) {
      becomes(new JobCounts(0, 0, 1));
      assertThat(begun).hasSize(2);
      assertThat(queue.late()).isZero();
      assertThat(database.number("SELECT count(*) FROM jobs WHERE error LIKE '%no such thing%'"))
          .isEqualTo(1);
    }
  }

  @Test
  void jobThatKilledItsProcessEachTimeIsADeadLetter() throws Exception {
    submit("a");
    database.execute("UPDATE jobs SET run = 2");
    try (PostgresQueue queue = open("one", Duration.ofHours(1), this::hang)) {
      becomes(new JobCounts(0, 0, 1));
      assertThat(begun).isEmpty();
      assertThat(queue.late()).isZero();
    }
  }

  @Test
  void lostConnectionIsOpenedAgain() throws Exception {
    try (PostgresQueue queue = open("one", Duration.ofHours(1), this::succeed)) {
      submit("a");
      becomes(new JobCounts(0, 1, 0));
      database.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
      submit("b");
      becomes(new JobCounts(0, 2, 0));
      assertThat(queue.late()).isZero();
    }
  }

  @Test
  void databaseThatIsAwayForGoodFailsTheShutdown() throws Exception {
    submit("a");
    CompletableFuture<Object> result = new CompletableFuture<>();
    PostgresQueue queue =
        open(
            "one",
            Duration.ofHours(1),
            job -> {
              begun.add(job.key());
              return result;
            });
    assertThat(nextBegun()).isEqualTo("a");
    database.execute("ALTER TABLE jobs RENAME TO gone");
    result.complete("done");
    CompletableFuture<?> ended = queue.shutdown(Duration.ZERO);
    assertThatThrownBy(() -> ended.get(30, TimeUnit.SECONDS)).hasMessageContaining("jobs");
  }
}
