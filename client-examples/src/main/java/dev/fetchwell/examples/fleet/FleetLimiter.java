package dev.fetchwell.examples.fleet;

import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.policy.RateLimiter;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One rate limit for all clients of all processes that use the same database. The bucket is a row
 * there; each process reserves several tokens with one trip, is told when they are due, and spreads
 * them over that time. So nobody polls, and nobody's turn comes before the bucket has it.
 *
 * <p>A client asks for a turn for each attempt, and must not be blocked by that; the trips to the
 * database, which block, have a thread of their own.
 *
 * <p>While the database is away, turns fail: rather no call than one too many. Whoever prefers
 * calls takes the limit divided by the number of processes in its place. Each process tells the
 * bucket the time by its own clock, so the machines' clocks must agree. Thread-safe.
 */
public final class FleetLimiter implements RateLimiter, AutoCloseable {

  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS buckets (id text PRIMARY KEY, state bytea)";

  private final Bucket bucket;
  private final int perSecond;
  private final int most;
  private final BlockingQueue<CompletableFuture<@Nullable Void>> waiting =
      new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::serve, "fleet-limit");
  private volatile boolean closed;

  private FleetLimiter(Bucket bucket, int perSecond, int most) {
    this.bucket = bucket;
    this.perSecond = perSecond;
    this.most = most;
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Joins a limit.
   *
   * @param name of the limit, the same in all processes
   * @param perSecond turns of all processes together; the first process decides
   * @param burst turns that may have been saved up; also what one process reserves at once at most
   */
  public static FleetLimiter join(Database database, String name, int perSecond, int burst)
      throws SQLException {
    // One at a time: PostgreSQL may else refuse the second of two who create the same table.
    database.execute("BEGIN; SELECT pg_advisory_xact_lock(20261122); " + TABLE + "; COMMIT");
    Bandwidth limit =
        Bandwidth.builder().capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)).build();
    Bucket bucket =
        Bucket4jPostgreSQL.advisoryLockBasedBuilder(database.source())
            .primaryKeyMapper(PrimaryKeyMapper.STRING)
            .table("buckets")
            .build()
            .builder()
            .build(name, () -> BucketConfiguration.builder().addLimit(limit).build());
    return new FleetLimiter(bucket, perSecond, burst);
  }

  /**
   * Waits in line; all hosts share it.
   *
   * @param atMost not looked at: a call whose time is over cancels the future
   * @return completes when it is this caller's turn, or fails if the database cannot tell.
   *     Cancelling it leaves the line
   */
  @Override
  public CompletableFuture<@Nullable Void> acquire(String host, Duration atMost) {
    CompletableFuture<@Nullable Void> turn = new CompletableFuture<>();
    waiting.add(turn);
    if (closed) {
      turn.cancel(false);
    }
    return turn;
  }

  private void serve() {
    List<CompletableFuture<@Nullable Void>> next = new ArrayList<>();
    try {
      while (!closed) {
        next.clear();
        next.add(waiting.take());
        waiting.drainTo(next, most - 1);
        next.removeIf(CompletableFuture::isDone);
        if (!next.isEmpty()) {
          // Not before these have had their turns: what is reserved far ahead, others lack.
          TimeUnit.NANOSECONDS.sleep(reserve(next));
        }
      }
    } catch (InterruptedException closing) {
      next.forEach(turn -> turn.cancel(false));
    }
  }

  /** How long it is until the last one's turn. */
  private long reserve(List<CompletableFuture<@Nullable Void>> turns) {
    long untilLast;
    try {
      untilLast = bucket.consumeIgnoringRateLimits(turns.size());
    } catch (RuntimeException away) {
      turns.forEach(turn -> turn.completeExceptionally(away));
      return 0;
    }
    long apart = TimeUnit.SECONDS.toNanos(1) / perSecond;
    for (int i = 0; i < turns.size(); i++) {
      CompletableFuture<@Nullable Void> turn = turns.get(i);
      long until = Math.max(0, untilLast - apart * (turns.size() - 1 - i));
      Executor then = CompletableFuture.delayedExecutor(until, TimeUnit.NANOSECONDS);
      then.execute(() -> turn.complete(null));
    }
    return untilLast;
  }

  /** Cancels the turns that have not come. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    waiting.forEach(turn -> turn.cancel(false));
  }
}
