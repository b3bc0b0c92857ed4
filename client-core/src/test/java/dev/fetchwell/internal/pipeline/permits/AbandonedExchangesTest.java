package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.testkit.TestBody;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges that were given up while their thread is still in them. */
class AbandonedExchangesTest {

  /** So many cost no permit, also where there are fewer permits. */
  private static final int FEW = 16;

  private final PermitsHarness harness = new PermitsHarness();
  private final Permits permits = harness.permits;

  @Test
  void exchangeThatIsGivenUpGivesItsPermitBackAndIsCountedUntilItsThreadReturns() {
    Attempt hanging = abandon(harness, "a");

    assertThat(permits.abandoned()).isEqualTo(1);
    assertThat(permits.inFlight()).isZero();
    assertPermits(harness, "a", 2);
    hanging.exchangeReturned();

    harness.assertAllPermitsAreBack();
  }

  @Test
  void exchangeWhoseThreadHasReturnedIsNotCounted() {
    CompletableFuture<Reply> call = harness.send("a");
    Attempt attempt = harness.next.last().attempt();
    attempt.exchangeBegins();
    attempt.exchangeReturned();

    call.cancel(false);

    harness.assertAllPermitsAreBack();
  }

  @Test
  void exchangeThatNoThreadHasBegunIsNotCounted() {
    harness.send("a").cancel(false);

    harness.assertAllPermitsAreBack();
  }

  @Test
  void callThatOnlyWaitedIsNotCounted() {
    harness.start("a", 2);

    harness.send("a").cancel(false);

    assertThat(permits.abandoned()).isZero();
    assertThat(permits.inFlight()).isEqualTo(2);
  }

  @Test
  void streamedReplyWhoseBodyIsGivenUpIsNotCounted() {
    CompletableFuture<Reply> call = harness.send("a");
    Attempt attempt = harness.next.last().attempt();
    attempt.exchangeBegins();
    attempt.exchangeReturned();
    harness.next.last().future().complete(open(new TestBody()));

    call.join().cancel();

    harness.assertAllPermitsAreBack();
  }

  @ParameterizedTest
  @CsvSource({"2,16", "16,16", "20,20"})
  void hostInWhichTooManyHangLacksThePermitsOfThoseBeyondUntilTheyReturn(int size, int free) {
    PermitsHarness host = new PermitsHarness(new PermitLimits(100, size, 10, 10));
    List<Attempt> within = abandon(host, "a", free);
    assertPermits(host, "a", size);

    List<Attempt> beyond = abandon(host, "a", 2);

    assertThat(host.permits.abandoned()).isEqualTo(free + 2);
    assertThat(host.permits.inFlight()).isZero();
    assertPermits(host, "a", size - 2);
    within.get(0).exchangeReturned();
    assertPermits(host, "a", size - 2);
    beyond.get(0).exchangeReturned();
    assertPermits(host, "a", size - 1);
    beyond.get(1).exchangeReturned();
    assertPermits(host, "a", size);
    within.stream().skip(1).forEach(Attempt::exchangeReturned);
    host.assertNothingIsHeld();
  }

  @Test
  void otherHostsLackNoPermitForAHostInWhichTooManyHang() {
    PermitsHarness hosts = new PermitsHarness(new PermitLimits(100, 2, 10, 10));
    abandon(hosts, "a", FEW + 2);

    assertPermits(hosts, "a", 0);
    assertPermits(hosts, "b", 2);
  }

  @Test
  void clientInWhichTooManyHangLacksThePermitsOfThoseBeyondUntilTheyReturn() {
    PermitsHarness client = new PermitsHarness(new PermitLimits(20, 20, 10, 10));
    List<Attempt> within = new ArrayList<>(abandon(client, "a", 10));
    within.addAll(abandon(client, "b", 10));

    List<Attempt> beyond = abandon(client, "c", 3);

    assertPermits(client, "c", 17);
    assertPermits(client, "d", 17);
    beyond.forEach(Attempt::exchangeReturned);
    assertPermits(client, "c", 20);
    within.forEach(Attempt::exchangeReturned);
    client.assertNothingIsHeld();
  }

  @Test
  void callThatWaitsForAPermitKeptByAHangingExchangeGetsItWhenTheThreadReturns() {
    PermitsHarness host = new PermitsHarness(new PermitLimits(100, 1, 10, 10));
    abandon(host, "a", FEW);
    Attempt beyond = abandon(host, "a");
    int sent = host.next.count();
    CompletableFuture<Reply> waiting = host.send("a");
    host.executor.runAll();
    assertThat(host.next.count()).isEqualTo(sent);

    beyond.exchangeReturned();
    host.executor.runAll();

    assertThat(host.next.count()).isEqualTo(sent + 1);
    host.next.last().future().complete(reply(200));
    assertThat(waiting).isCompleted();
  }

  @Test
  void hostIsRememberedWhileAThreadHangsInIt() {
    PermitsHarness crawler = new PermitsHarness(new PermitLimits(3, 1, 1, 1));
    crawl(crawler);
    Attempt hanging = abandon(crawler, "a");
    assertThat(crawler.registry.find("a")).isPresent();

    hanging.exchangeReturned();

    assertThat(crawler.registry.find("a")).isEmpty();
    assertPermits(crawler, "a", 1);
    crawler.assertNothingIsHeld();
  }

  /** With and without a permit that is kept until the thread returns. */
  @ParameterizedTest
  @ValueSource(ints = {0, FEW})
  void threadThatReturnsAtTheMomentOfTheCancelLosesNoPermit(int hangingBefore) throws Exception {
    PermitsHarness host = new PermitsHarness(new PermitLimits(100, 1, 10, 10));
    List<Attempt> before = abandon(host, "a", hangingBefore);
    CyclicBarrier both = new CyclicBarrier(2);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      for (int turn = 0; turn < 5_000; turn++) {
        int lead = turn % 200;
        CompletableFuture<Reply> call = host.send("a");
        Attempt attempt = host.next.last().attempt();
        attempt.exchangeBegins();
        Future<?> returned =
            thread.submit(
                () -> {
                  both.await(10, TimeUnit.SECONDS);
                  spin(lead);
                  attempt.exchangeReturned();
                  return null;
                });
        both.await(10, TimeUnit.SECONDS);
        spin(200 - lead);
        call.cancel(false);
        returned.get(10, TimeUnit.SECONDS);

        assertThat(host.permits.abandoned()).isEqualTo(hangingBefore);
        assertThat(host.permits.inFlight()).isZero();
      }
    } finally {
      thread.shutdownNow();
    }
    assertPermits(host, "a", 1);
    before.forEach(Attempt::exchangeReturned);
    host.assertNothingIsHeld();
  }

  private static void spin(int turns) {
    for (int i = 0; i < turns; i++) {
      Thread.onSpinWait();
    }
  }

  /** Many hosts, each with one call that is answered. */
  private static void crawl(PermitsHarness harness) {
    for (int i = 0; i < 3_000; i++) {
      CompletableFuture<Reply> call = harness.send("host-" + i);
      harness.next.last().future().complete(reply(200));
      assertThat(call).isCompleted();
    }
  }

  private static List<Attempt> abandon(PermitsHarness harness, String host, int times) {
    List<Attempt> hanging = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      hanging.add(abandon(harness, host));
    }
    return hanging;
  }

  private static Attempt abandon(PermitsHarness harness, String host) {
    int sent = harness.next.count();
    CompletableFuture<Reply> call = harness.send(host);
    assertThat(harness.next.count()).isEqualTo(sent + 1);
    Attempt attempt = harness.next.last().attempt();
    attempt.exchangeBegins();
    call.cancel(false);
    return attempt;
  }

  /** So many calls to the host are sent at once, and the next one waits. */
  private static void assertPermits(PermitsHarness harness, String host, int expected) {
    int before = harness.next.count();
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    while (harness.permits.queued() == 0) {
      calls.add(harness.send(host));
    }
    assertThat(harness.next.count() - before).as("free permits").isEqualTo(expected);
    for (int i = calls.size() - 1; i >= 0; i--) {
      calls.get(i).cancel(false);
    }
    assertThat(harness.permits.queued()).isZero();
    assertThat(harness.permits.inFlight()).isZero();
  }
}
