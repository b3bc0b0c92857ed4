package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.permits.Hosts.Host;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How long a host is remembered. */
class HostsTest {

  private static final int KEPT = 1024;
  private static final PermitLimits LIMITS = new PermitLimits(3, 1, 0, 0);

  private final PermitsHarness harness = new PermitsHarness(LIMITS);

  @Test
  void idleHostsBeyondAThousandAreForgotten() {
    harness.next.always(replies(200));
    crowd();

    assertThat(harness.registry.getAllBulkheads()).hasSizeLessThanOrEqualTo(KEPT + 1);
  }

  @Test
  void hostInUseIsNotForgotten() {
    harness.start("busy");
    harness.next.always(replies(200));
    crowd();

    assertThat(failure(harness.send("busy"), BulkheadFullError.class)).isNotNull();
    assertThat(harness.registry.find("busy")).isPresent();
  }

  @Test
  void hostWhoseLastUserLeftIsForgottenWithItsTwinWhereItIsCrowded() {
    harness.next.always(replies(200));
    crowd();
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    CallContext context = harness.context("busy");
    CompletableFuture<Reply> running =
        harness.around((request, call) -> answer).send(context.request(), context);
    assertThat(harness.send("busy")).isCompletedExceptionally();
    assertThat(harness.registry.find("busy")).isPresent();

    answer.complete(reply(200));

    assertThat(running).isCompleted();
    assertThat(harness.registry.find("busy")).isEmpty();
    assertThat(harness.send("busy")).isCompleted();
    harness.assertNothingIsHeld();
  }

  @Test
  void idleHostIsRememberedWhereItIsNotCrowded() {
    harness.next.always(replies(200));
    assertThat(harness.send("a")).isCompleted();

    assertThat(harness.registry.find("a")).isPresent();
  }

  @Test
  void hostIsTheSameForAllWhoUseItAtOneTimeAndAnotherOnceItWasForgotten() {
    Hosts hosts = hosts(BulkheadRegistry.ofDefaults());
    crowd(hosts);
    Host first = hosts.enter("a");
    Host second = hosts.enter("a");
    assertThat(second).isSameAs(first);

    first.leave();
    assertThat(hosts.enter("a")).isSameAs(first);
    first.leave();
    second.leave();

    assertThat(hosts.enter("a")).isNotSameAs(first);
  }

  /** Few names, many threads, and a crowd that makes each host be dropped as soon as it is idle. */
  @Test
  void hostThatManyThreadsEnterAndLeaveIsAlwaysOneForThoseWithinIt() throws Exception {
    BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
    Hosts hosts = hosts(registry);
    crowd(hosts);
    List<Within> names = List.of(new Within("x"), new Within("y"), new Within("z"));
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<?>> ends = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        ends.add(
            pool.submit(
                () -> {
                  start.await(10, TimeUnit.SECONDS);
                  for (int turn = 0; turn < 20_000; turn++) {
                    names.get(ThreadLocalRandom.current().nextInt(names.size())).visit(hosts);
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }

    for (Within within : names) {
      // How crowded it is may be misjudged for a moment, while others come and go.
      hosts.enter(within.name).leave();
      assertThat(registry.find(within.name)).as(within.name).isEmpty();
      Host again = hosts.enter(within.name);
      assertThat(registry.find(within.name)).as(within.name).isPresent();
      again.leave();
    }
    assertThat(registry.getAllBulkheads()).hasSizeLessThanOrEqualTo(KEPT + 1);
  }

  /** Who is within one host, as a test sees it: between entering and leaving. */
  private static final class Within {

    private final String name;
    private int users;
    private @Nullable Host host;

    private Within(String name) {
      this.name = name;
    }

    private void visit(Hosts hosts) {
      Host entered = hosts.enter(name);
      synchronized (this) {
        if (users++ == 0) {
          host = entered;
        }
        assertThat(entered).isSameAs(host);
      }
      for (int i = ThreadLocalRandom.current().nextInt(100); i > 0; i--) {
        Thread.onSpinWait();
      }
      synchronized (this) {
        users--;
      }
      entered.leave();
    }
  }

  private void crowd() {
    for (int i = 0; i < 3_000; i++) {
      assertThat(harness.send("host-" + i)).isCompleted();
    }
  }

  private static void crowd(Hosts hosts) {
    for (int i = 0; i < 2 * KEPT; i++) {
      hosts.enter("host-" + i).leave();
    }
  }

  private static Hosts hosts(BulkheadRegistry registry) {
    return new Hosts(LIMITS, null, registry, VirtualPlatform.of(new VirtualTimer()));
  }
}
