package dev.fetchwell.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.postgres.Database;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FleetLimiterTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir static Path folder;

  private static Database database;

  @BeforeAll
  static void start() {
    database = Database.embedded(folder, "fleet");
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void clear() throws SQLException {
    database.clear();
  }

  private static List<CompletableFuture<@Nullable Void>> turns(FleetLimiter limiter, int count) {
    return IntStream.range(0, count).mapToObj(i -> limiter.turn()).toList();
  }

  @Test
  void twoOfAFleetTogetherAreNotFasterThanTheirLimit() throws Exception {
    try (FleetLimiter one = FleetLimiter.join(database, "api", 50, 5);
        FleetLimiter two = FleetLimiter.join(database, "api", 50, 5)) {
      long start = System.nanoTime();
      Stream.of(turns(one, 20), turns(two, 20))
          .flatMap(List::stream)
          .forEach(turn -> assertThat(turn).succeedsWithin(SOON));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(1_000 * (40 - 5) / 50 - 20));
    }
  }

  @Test
  void limitsOfOtherNamesDoNotMatter() throws Exception {
    try (FleetLimiter slow = FleetLimiter.join(database, "slow", 1, 1);
        FleetLimiter fast = FleetLimiter.join(database, "fast", 1_000, 10)) {
      List<CompletableFuture<@Nullable Void>> late = turns(slow, 60);
      turns(fast, 50).forEach(turn -> assertThat(turn).succeedsWithin(SOON));
      assertThat(late).anyMatch(turn -> !turn.isDone());
    }
  }

  @Test
  void turnFailsWhileTheDatabaseIsAwayAndComesAgainAfterwards() throws Exception {
    try (FleetLimiter limiter = FleetLimiter.join(database, "api", 1_000, 5)) {
      assertThat(limiter.turn()).succeedsWithin(SOON);
      database.execute("ALTER TABLE buckets RENAME TO gone");
      assertThat(limiter.turn())
          .failsWithin(SOON)
          .withThrowableThat()
          .havingRootCause()
          .withMessageContaining("buckets");
      database.execute("ALTER TABLE gone RENAME TO buckets");
      assertThat(limiter.turn()).succeedsWithin(SOON);
    }
  }

  @Test
  void closeCancelsWhoWaits() throws Exception {
    FleetLimiter limiter = FleetLimiter.join(database, "api", 1, 1);
    assertThat(limiter.turn()).succeedsWithin(SOON);
    List<CompletableFuture<@Nullable Void>> late = turns(limiter, 100);
    limiter.close();
    assertThat(late.get(99)).isCancelled();
    assertThat(limiter.turn()).isCancelled();
  }
}
