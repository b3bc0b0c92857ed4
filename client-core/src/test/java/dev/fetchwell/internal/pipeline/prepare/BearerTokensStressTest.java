package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testkit.Awaited;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("stress")
@Timeout(60)
class BearerTokensStressTest {

  private static final FetchRequest REQUEST = request("POST");
  private static final int THREADS = 8;

  private final Platform platform = Platform.system();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final AtomicInteger fetches = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private CompletableFuture<Reply> send(Stage stage) {
    CallContext context = context(REQUEST, options(), ReplyReaders.BYTES, platform);
    var unused = context.beginAttempt(false, false);
    return stage.send(REQUEST, context);
  }

  /** Runs it on all threads at once. */
  private void race(Runnable task) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Future<?>> runs = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      runs.add(
          threads.submit(
              () -> {
                start.await();
                task.run();
                return null;
              }));
    }
    for (Future<?> run : runs) {
      run.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void callsThatRaceWithTheEndOfAFetchStartNoOther() throws Exception {
    Stage ok = (request, context) -> CompletableFuture.completedFuture(reply(200));
    for (int round = 0; round < 2_000; round++) {
      fetches.set(0);
      TokenSource atOnce =
          TokenSource.of(
              () -> {
                fetches.incrementAndGet();
                return CompletableFuture.completedFuture(new Token("t", Instant.MAX));
              });
      Stage stage = new BearerTokens(atOnce, platform, new OwnOrigin(null)).layer().around(ok);
      race(
          () -> {
            for (int i = 0; i < 4; i++) {
              Awaited.value(send(stage));
            }
          });
      assertThat(fetches).as("round %s", round).hasValue(1);
    }
  }

  @Test
  void nothingIsLostWhereTokensAreRevokedAndCallsCancelled() throws Exception {
    AtomicInteger valid = new AtomicInteger(1);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    TokenSource source =
        TokenSource.of(
            () -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Token token = new Token(String.valueOf(valid.get()), Instant.MAX);
              CompletableFuture<Token> later = new CompletableFuture<>();
              var unused = later.whenComplete((value, thrown) -> running.decrementAndGet());
              fetches.incrementAndGet();
              later.completeOnTimeout(token, 1, TimeUnit.MILLISECONDS);
              return later;
            });
    Stage server =
        (request, context) -> {
          boolean good = request.header("Authorization").orElse("").endsWith(" " + valid.get());
          return CompletableFuture.completedFuture(reply(good ? 200 : 401));
        };
    BearerTokens tokens = new BearerTokens(source, platform, new OwnOrigin(null));
    Stage stage = tokens.layer().around(server);
    AtomicInteger seeds = new AtomicInteger();

    race(
        () -> {
          SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
          List<CompletableFuture<Reply>> calls = new ArrayList<>();
          for (int i = 0; i < 5_000; i++) {
            CompletableFuture<Reply> call = send(stage);
            calls.add(call);
            if (random.nextInt(3) == 0) {
              call.cancel(false);
            }
            if (random.nextInt(500) == 0) {
              valid.incrementAndGet();
            }
          }
          for (CompletableFuture<Reply> call : calls) {
            Throwable ending = Awaited.ending(call, Duration.ofSeconds(30));
            assertThat(ending == null || ending instanceof CancellationException).isTrue();
          }
        });

    assertThat(Awaited.value(send(stage)).status()).isEqualTo(200);
    // One that is cancelled may still be in the source while the next one begins.
    assertThat(most.get()).isLessThanOrEqualTo(THREADS);
    assertThat(fetches.get()).isLessThan(40_000 / 2);
  }
}
