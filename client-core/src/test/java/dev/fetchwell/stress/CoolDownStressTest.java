package dev.fetchwell.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.cooldown.CoolDowns;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.TestCalls;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Hosts ask again and again to be left alone, while calls come, wait, go and are cancelled. */
@Tag("stress")
@Timeout(60)
class CoolDownStressTest {

  private static final int THREADS = 4;
  private static final int CALLS = 20_000;

  private final Platform platform = Platform.system();
  private final KeyedQueueLimit places = new KeyedQueueLimit(CALLS, CALLS);
  private final CoolDowns coolDowns =
      new CoolDowns(CoolDown.perHost().atMost(Duration.ofMillis(20)), places, platform);
  private final Permits permits =
      new Permits(
          new PermitLimits(40, 10, CALLS, CALLS), null, BulkheadRegistry.ofDefaults(), platform);
  private final AtomicInteger wishes = new AtomicInteger();

  /** Every two hundredth is asked to leave the host alone for a second, of which 20 ms count. */
  private final Stage wire =
      (request, context) -> {
        CompletableFuture<Reply> future = new CompletableFuture<>();
        boolean busy = wishes.incrementAndGet() % 200 == 0;
        platform.execute(
            () ->
                future.complete(
                    busy ? TestCalls.reply(429, "Retry-After", "1") : TestCalls.reply(200)));
        return future;
      };

  private final Stage stage =
      Layer.onto(wire, List.of(coolDowns.layer(), permits.layer(), coolDowns.lastLook()));

  @Test
  void everyCallEndsAndNothingIsLeft() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<List<CompletableFuture<Reply>>> calls = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      List<CompletableFuture<Reply>> own = new ArrayList<>();
      calls.add(own);
      Random random = new Random(t);
      Thread thread = new Thread(() -> sendAndCancel(own, random));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (List<CompletableFuture<Reply>> own : calls) {
      for (CompletableFuture<Reply> call : own) {
        Throwable thrown = call.handle((reply, failure) -> failure).get(30, TimeUnit.SECONDS);
        if (thrown != null) {
          assertThat(thrown).isInstanceOfAny(CancellationException.class, FetchError.class);
        }
      }
    }
    SystemTimer timer = (SystemTimer) platform.timer();
    Eventually.holds(() -> places.taken() == 0, () -> places.taken() + " wait", Eventually.LIMIT);
    Eventually.holds(() -> permits.inFlight() == 0, "no permit is held");
    Eventually.holds(() -> permits.queued() == 0, "nobody waits for one");
    Eventually.holds(() -> timer.pending() == 0, "no timer");
    System.out.println("sent " + wishes + " of " + CALLS);
  }

  private void sendAndCancel(List<CompletableFuture<Reply>> own, Random random) {
    for (int i = 0; i < CALLS / THREADS; i++) {
      CallContext context =
          TestCalls.context(
              TestCalls.to("http://host" + random.nextInt(4) + "/", "GET"),
              TestCalls.options(),
              ReplyReaders.BYTES,
              platform);
      context.beginAttempt(false, false);
      own.add(stage.send(context.request(), context));
      if (i % 3 == 0) {
        own.get(random.nextInt(own.size())).cancel(false);
      }
    }
  }
}
