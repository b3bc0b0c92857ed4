package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.process.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SchedulerTest {

  @TempDir Path folder;

  @Test
  void demoKeepsRhythmAcrossAStopAndOverlapsNothing() {
    Printed printed = Printed.of("Scheduler");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern("[0-9]+ checks, [0-9]+ failed; 5 pages in the cache, warmed [0-9]+ times")
        .containsPattern("ok  fixed rate: [0-9]+ checks")
        .containsPattern("ok  fixed delay: [0-9]+ warmings")
        .containsPattern("ok  cron: [0-9]+ reports")
        .containsPattern("no run overlapped the one before.*(one|two)=")
        .containsPattern("ok  checks that were missed meanwhile: [0-9]+; made up for: 1")
        .contains("ok  the stop waited for the check that ran")
        .contains("All 16 claims are true.");
  }

  @Test
  void addressesOfTheUsersOwnAreCheckedAndWarmed() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed =
          Printed.of(
              "Scheduler",
              "--memory",
              "--url=" + server.url("/status/204"),
              "--warm=" + server.url("/users/7"),
              "--rate=50",
              "--delay=50",
              "--cron=* * * * * *",
              "--seconds=2");
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out())
          .containsPattern("[0-9]+ checks, 0 failed; 1 pages in the cache")
          .containsPattern("stopped: [1-9][0-9]* checks");
      assertThat(server.requests("/status/204")).isGreaterThan(2);
    }
    assertThat(Printed.of("Scheduler", "--url=http://127.0.0.1:1/", "--memory", "--cron=x").err())
        .contains("x");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // A process cannot be asked to end there.
  void runOfAKilledProcessIsRepeatedAndCtrlCStopsCleanly() throws Exception {
    AtomicInteger checks = new AtomicInteger();
    Queue<String> printed = new ConcurrentLinkedQueue<>();
    try (DemoServer server = DemoServer.start();
        Database database = Database.embedded(folder, "scheduler_test")) {
      server
          .routes()
          .add(
              "/health",
              exchange -> {
                if (checks.incrementAndGet() == 1) {
                  exchange.stall();
                }
                exchange.empty(204);
              });
      List<String> arguments =
          List.of("--url=" + server.url("/health"), "--schema=scheduler_test", "--seconds=0");
      try (JavaProcess killed =
          JavaProcess.start(Scheduler.class, database.url(), printed::add, arguments)) {
        assertThat(becomesTrue(() -> checks.get() == 1)).as(printed.toString()).isTrue();
        killed.kill();
        killed.await(Duration.ofSeconds(10));
      }
      try (JavaProcess next =
          JavaProcess.start(Scheduler.class, database.url(), printed::add, arguments)) {
        assertThat(becomesTrue(() -> checks.get() >= 3)).as(printed.toString()).isTrue();
        next.interrupt();
        assertThat(next.await(Duration.ofSeconds(30))).isEqualTo(128 + 15);
      }
      assertThat(printed).anyMatch(line -> line.matches("stopped: [1-9][0-9]* checks"));
      assertThat(database.number("SELECT count(*) FROM scheduled_tasks WHERE NOT picked"))
          .isEqualTo(3);
    }
  }

  private static boolean becomesTrue(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(5_000_000);
    }
    return condition.getAsBoolean();
  }
}
