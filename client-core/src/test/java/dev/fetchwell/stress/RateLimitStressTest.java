package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.rate.RateLimits;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.TestCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands wait for a rate on real threads, and many of them are cancelled at any moment. */
@Tag("stress")
@Timeout(60)
class RateLimitStressTest {

  private static final int THREADS = 4;
  private static final int CALLS = 20_000;

  private final KeyedQueueLimit waiting = new KeyedQueueLimit(CALLS, CALLS);
  private final KeyedQueueLimit asking = new KeyedQueueLimit(CALLS, CALLS);
  private final AtomicInteger sent = new AtomicInteger();

  /** Answers at once. */
  private final Stage answering =
      (request, context) -> {
        sent.incrementAndGet();
        return CompletableFuture.completedFuture(TestCalls.reply(200));
      };

  private Stage limited(RateLimit perHost, RateLimit ofAll, boolean asks) {
    return new RateLimits(
            perHost,
            ofAll,
            asks ? List.of((host, most) -> CompletableFuture.supplyAsync(() -> null)) : List.of(),
            waiting,
            asking,
            Platform.system())
        .layer()
        .around(answering);
  }

  private static CompletableFuture<Reply> send(Stage stage, String host) {
    CallContext context =
        TestCalls.context(
            TestCalls.to("http://" + host + "/", "GET"),
            TestCalls.options().timeout(Duration.ofMinutes(5)),
            ReplyReaders.BYTES,
            Platform.system());
    context.beginAttempt(false, false);
    return stage.send(context.request(), context);
  }

  @Test
  void everyCallEndsAndNothingIsLeftWhenHalfAreCancelled() throws Exception {
    Stage stage =
        limited(RateLimit.perSecond(2_000).burst(10), RateLimit.perSecond(5_000).burst(20), true);
    List<Thread> threads = new ArrayList<>();
    List<List<CompletableFuture<Reply>>> calls = new ArrayList<>();
    long start = System.nanoTime();
    for (int t = 0; t < THREADS; t++) {
      List<CompletableFuture<Reply>> own = new ArrayList<>();
      calls.add(own);
      Random random = new Random(t);
      Thread thread = new Thread(() -> sendAndCancel(stage, own, random));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    CompletableFuture<?>[] all =
        calls.stream()
            .flatMap(List::stream)
            .map(call -> call.handle((reply, thrown) -> thrown))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(all).get(30, TimeUnit.SECONDS);

    long nanos = System.nanoTime() - start;
    long allowed = 20 + 5_000 * (nanos + TimeUnit.MILLISECONDS.toNanos(10)) / 1_000_000_000L;
    assertThat(sent.get()).isLessThanOrEqualTo((int) allowed);
    assertNothingLeft();
    // Whoever was cancelled has used nothing up: the rate is there at once.
    assertThat(send(stage, "another")).succeedsWithin(Duration.ofSeconds(5));
    System.out.println("sent " + sent + " in " + nanos / 1_000_000 + " ms, allowed " + allowed);
  }

  private static void sendAndCancel(
      Stage stage, List<CompletableFuture<Reply>> own, Random random) {
    for (int i = 0; i < CALLS / THREADS; i++) {
      own.add(send(stage, "host" + random.nextInt(4)));
      own.get(random.nextInt(own.size())).cancel(false);
    }
  }

  @Test
  void rateIsUsedUpToTheFullWhileTimersAreALittleLate() throws Exception {
    Stage stage = limited(RateLimit.perSecond(1_000), RateLimit.perSecond(1e6).burst(100), false);
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < 3_000; i++) {
      calls.add(send(stage, "a"));
    }
    CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

    double perSecond = 2_999e9 / (System.nanoTime() - start);
    System.out.println("1,000 per second allowed, " + Math.round(perSecond) + " sent");
    assertThat(perSecond).isBetween(300.0, 1_010.0);
    assertNothingLeft();
  }

  private void assertNothingLeft() {
    SystemTimer timer = (SystemTimer) Platform.system().timer();
    Eventually.holds(() -> waiting.taken() == 0, () -> waiting.taken() + " wait", Eventually.LIMIT);
    Eventually.holds(() -> asking.taken() == 0, () -> asking.taken() + " ask", Eventually.LIMIT);
    Eventually.holds(() -> timer.pending() == 0, "no timer");
  }
}
