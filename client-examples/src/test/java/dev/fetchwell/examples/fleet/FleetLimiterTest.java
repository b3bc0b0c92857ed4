package dev.fetchwell.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static CompletableFuture<@Nullable Void> turn(FleetLimiter limiter) {
    return limiter.acquire("api.example.com", SOON);
  }

  private static List<CompletableFuture<@Nullable Void>> turns(FleetLimiter limiter, int count) {
    return IntStream.range(0, count).mapToObj(i -> turn(limiter)).toList();
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
      assertThat(turn(limiter)).succeedsWithin(SOON);
      database.execute("ALTER TABLE buckets RENAME TO gone");
      assertThat(turn(limiter))
          .failsWithin(SOON)
          .withThrowableThat()
          .havingRootCause()
          .withMessageContaining("buckets");
      database.execute("ALTER TABLE gone RENAME TO buckets");
      assertThat(turn(limiter)).succeedsWithin(SOON);
    }
  }

  @Test
  void closeCancelsWhoWaits() throws Exception {
    FleetLimiter limiter = FleetLimiter.join(database, "api", 1, 1);
    assertThat(turn(limiter)).succeedsWithin(SOON);
    List<CompletableFuture<@Nullable Void>> late = turns(limiter, 100);
    limiter.close();
    assertThat(late.get(99)).isCancelled();
    assertThat(turn(limiter)).isCancelled();
  }

  @Test
  void callsOfAClientAndTheirRetriesTakeTurns() throws Exception {
    AtomicInteger requests = new AtomicInteger();
    try (FleetLimiter limiter = FleetLimiter.join(database, "api", 20, 1);
        DemoServer server = DemoServer.start();
        AsyncHttpClient client =
            AsyncHttpClient.builder()
                .rateLimiter(limiter)
                .retry(RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofMillis(1))).build())
                .build()) {
      server
          .routes()
          .add(
              "/scarce/{name}",
              exchange -> exchange.empty(requests.incrementAndGet() % 2 == 1 ? 503 : 204));
      long start = System.nanoTime();
      for (int i = 0; i < 5; i++) {
        assertThat(client.get(server.url("/scarce/a")).asVoid()).succeedsWithin(SOON);
      }
      assertThat(requests).hasValue(10);
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(1_000 * (10 - 1) / 20 - 20));
    }
  }

  @Test
  void callFailsWhileTheDatabaseIsAwayAndSaysWhy() throws Exception {
    try (FleetLimiter limiter = FleetLimiter.join(database, "api", 1_000, 5);
        DemoServer server = DemoServer.start();
        AsyncHttpClient client = AsyncHttpClient.builder().rateLimiter(limiter).build()) {
      assertThat(client.get(server.url("/status/204")).asVoid()).succeedsWithin(SOON);
      database.execute("ALTER TABLE buckets RENAME TO gone");
      assertThat(client.get(server.url("/status/204")).asVoid())
          .failsWithin(SOON)
          .withThrowableThat()
          .havingCause()
          .isInstanceOf(UnexpectedError.class)
          .havingRootCause()
          .withMessageContaining("buckets");
      assertThat(server.requests()).isEqualTo(1);
    }
  }

  @Test
  void cancelledCallLeavesTheLine() throws Exception {
    try (FleetLimiter limiter = FleetLimiter.join(database, "api", 2, 1);
        DemoServer server = DemoServer.start();
        AsyncHttpClient client = AsyncHttpClient.builder().rateLimiter(limiter).build()) {
      CompletableFuture<?> first = client.get(server.url("/status/204")).asVoid();
      List<CompletableFuture<Void>> leaving =
          IntStream.range(0, 200)
              .mapToObj(i -> client.get(server.url("/status/204")).asVoid())
              .toList();
      CompletableFuture<?> last = client.get(server.url("/status/204")).asVoid();
      assertThat(first).succeedsWithin(SOON);
      leaving.forEach(call -> call.cancel(true));
      assertThat(last).succeedsWithin(SOON);
      assertThat(server.requests()).isLessThan(10);
    }
  }
}
