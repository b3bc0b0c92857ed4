package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.process.JavaProcess;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class LiveFeedTest {

  private static final String SUBSCRIPTION = "--subscribe={\"from\": {next}}";

  @Test
  void demoLosesNoMessageAndDoublesNone() {
    Printed printed = Printed.of("LiveFeed");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern("400 messages, [0-9]+ reconnects, 0 lost, 0 doubled")
        .contains("ok  the feed ended after 400 messages")
        .contains("ok  none of them was lost, and none came twice")
        .containsPattern("ok  and [1-9][0-9]* went silent")
        .contains("ok  with a close frame: [1000]")
        .contains("All 8 claims are true.");
  }

  @Test
  void feedOfTheUsersOwnIsFollowedUntilThereWereEnough() {
    try (DemoServer server = DemoServer.start()) {
      String path = "/socket/feed/mine";
      Printed printed =
          Printed.of(
              "LiveFeed",
              "--url=" + server.webSocketUrl(path + "?trouble=drop&every=8"),
              SUBSCRIPTION,
              "--from=100",
              "--messages=30");
      assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
      assertThat(printed.out())
          .containsPattern("30 messages, [1-9][0-9]* reconnects, 0 lost, 0 doubled");
      assertThat(server.closeCodes(path)).containsExactly(1000);
    }
  }

  @Test
  void endlessDemoStopsWhenTheTimeIsOver() {
    Printed printed = Printed.of("LiveFeed", "--for=1");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out()).containsPattern("[1-9][0-9]* messages, [0-9]+ reconnects, 0 lost");
  }

  @Test
  void numbersThatAreMissingOrComeAgainAreCountedAndFailIt() {
    assertThat(ofNumbers(SUBSCRIPTION, 1, 2, 5, 6, 6, 3, 7))
        .extracting(Printed::exitCode, Printed::out)
        .containsExactly(1, summary("7 messages, 0 reconnects, 2 lost, 2 doubled"));
  }

  @Test
  void feedThatIsNotToldWhereToGoOnMayBeginAnywhereAndLeaveOut() {
    assertThat(ofNumbers("--subscribe=", 7, 8, 10))
        .extracting(Printed::exitCode, Printed::out)
        .containsExactly(0, summary("3 messages, 0 reconnects, 1 lost, 0 doubled"));
  }

  private static String summary(String counts) {
    return String.format("%s%nconnections that others followed: none%n", counts);
  }

  private static Printed ofNumbers(String subscription, int... numbers) {
    try (DemoServer server = DemoServer.start()) {
      server
          .routes()
          .add(
              "/numbers",
              exchange ->
                  exchange.webSocket(
                      socket -> {
                        for (int number : numbers) {
                          socket.send("{\"seq\": " + number + "}");
                        }
                      }));
      return Printed.of(
          "LiveFeed", "--url=" + server.webSocketUrl("/numbers"), "--number=seq", subscription);
    }
  }

  @Test
  void feedThatRefusesForGoodIsAnError() {
    try (DemoServer server = DemoServer.start()) {
      Printed printed = Printed.of("LiveFeed", "--url=" + server.webSocketUrl("/status/403"));
      assertThat(printed.exitCode()).isEqualTo(1);
      assertThat(printed.err()).contains("status 403");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--messages=-1, --messages: -1 (expected: >= 0)",
    "--for=-5, --for: -5 (expected: >= 0)",
    "--from=0, --from: 0 (expected: >= 1)",
    "--heartbeat=0, --heartbeat: 0 (expected: >= 1)",
    "--for=soon, is not an int",
  })
  void wrongOptionSaysWhatIsExpected(String option, String message) {
    Printed printed = Printed.of("LiveFeed", option);
    assertThat(printed.exitCode()).isEqualTo(2);
    assertThat(printed.err()).contains(message).contains("Usage: LiveFeed");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // A process cannot be sent that signal there.
  void ctrlCSendsTheCloseFrameAndPrintsTheSummary() throws Exception {
    Queue<String> printed = new ConcurrentLinkedQueue<>();
    String path = "/socket/feed/mine";
    try (DemoServer server = DemoServer.start();
        JavaProcess process =
            JavaProcess.start(
                LiveFeed.class,
                printed::add,
                List.of("--url=" + server.webSocketUrl(path + "?pace=5"), SUBSCRIPTION))) {
      assertThat(becomesTrue(() -> printed.stream().anyMatch(line -> line.contains("reconnects"))))
          .as(printed.toString())
          .isTrue();
      int signal = interrupt(process.pid());
      assertThat(process.await(Duration.ofSeconds(20)))
          .as(printed.toString())
          .isEqualTo(128 + signal);
      assertThat(server.closeCodes(path)).containsExactly(1000);
      assertThat(server.abandoned(path)).isZero();
    }
    assertThat(printed)
        .filteredOn(line -> line.matches("[1-9][0-9]* messages, [0-9]+ reconnects, 0 lost, 0 .*"))
        .hasSize(1);
    assertThat(printed).noneMatch(line -> line.contains("Exception") || line.contains("Error"));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // A process cannot be sent that signal there.
  void ctrlCEndsTheDemoWithoutClaims() throws Exception {
    Queue<String> printed = new ConcurrentLinkedQueue<>();
    try (JavaProcess process = JavaProcess.start(LiveFeed.class, printed::add, List.of())) {
      assertThat(becomesTrue(() -> !printed.isEmpty())).isTrue();
      int signal = interrupt(process.pid());
      assertThat(process.await(Duration.ofSeconds(20)))
          .as(printed.toString())
          .isEqualTo(128 + signal);
    }
    assertThat(printed)
        .anyMatch(line -> line.startsWith("connections that others followed: "))
        .noneMatch(line -> line.contains("ok  ") || line.contains("NO  "));
  }

  /**
   * Does what Ctrl-C does. Where a shell without job control has put the build into the background,
   * it and its children ignore that signal; then another one that asks a process to end.
   */
  private static int interrupt(long pid) throws IOException, InterruptedException {
    int signal = isIgnored(2) ? 15 : 2;
    Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start();
    assertThat(kill.waitFor()).isZero();
    return signal;
  }

  private static boolean isIgnored(int signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> new BigInteger(line.substring(7).strip(), 16).testBit(signal - 1));
  }

  private static boolean becomesTrue(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(5_000_000);
    }
    return condition.getAsBoolean();
  }
}
