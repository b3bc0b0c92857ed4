package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** A deadline holds while callers' code takes every core, and while the platform hangs. */
class DeadlineUnderLoadTest {

  private static final Duration IN_TIME = Duration.ofMillis(1_500);
  private static final long MOST_SPINNING_NANOS = Duration.ofSeconds(4).toNanos();

  private final CountDownLatch answer = new CountDownLatch(1);
  private final CountDownLatch resolve = new CountDownLatch(1);
  private final ScriptedServer slow = ScriptedServer.start(this::answerLate);
  private final ScriptedServer silent = ScriptedServer.start(Scripts.stall());
  private final ScriptedServer healthy = ScriptedServer.start(Scripts.respond(200, "ok"));
  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final AtomicInteger spinning = new AtomicInteger();
  private volatile boolean stop;

  @AfterEach
  void letGo() {
    stop = true;
    answer.countDown();
    resolve.countDown();
    client.close();
    silent.close();
    healthy.close();
    slow.close();
  }

  @Test
  void callTimesOutWhileDependentsComputeOnEveryCore() {
    takeEveryCore();
    CompletableFuture<String> call =
        client.get(silent.url("/")).timeout(Duration.ofMillis(300)).asString();
    assertThat(Awaited.ending(call, IN_TIME)).isInstanceOf(FetchTimeoutError.class);
    assertThat(spinning).as("dependents that still compute").hasPositiveValue();
  }

  /** On virtual threads calls share the carriers with their dependents. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  void healthyHostAnswersWhileDependentsComputeOnEveryCore() {
    takeEveryCore();
    assertThat(Awaited.ending(client.getString(healthy.url("/")), IN_TIME)).isNull();
    assertThat(spinning).as("dependents that still compute").hasPositiveValue();
  }

  @Test
  void callsTimeOutWhileNamesAreBeingResolved() {
    OkHttpClient own = new OkHttpClient.Builder().dns(host -> resolveLate()).build();
    try (AsyncHttpClient resolving =
        AsyncHttpClient.builder()
            .okHttp(own)
            .maxConcurrencyPerHost(256)
            .retry(RetryPolicy.none())
            .timeout(Duration.ofMillis(500))
            .build()) {
      List<CompletableFuture<String>> calls =
          IntStream.range(0, 200)
              .mapToObj(i -> resolving.getString("http://host" + i % 2 + ".test/"))
              .toList();
      long deadline = System.nanoTime() + IN_TIME.multipliedBy(2).toNanos();
      for (CompletableFuture<String> call : calls) {
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        assertThat(Awaited.ending(call, left))
            .isInstanceOfSatisfying(
                FetchTimeoutError.class,
                timeout ->
                    assertThat(timeout.phase()).isIn(Phase.CONNECT, Phase.ATTEMPT, Phase.TOTAL));
      }
      resolve.countDown();
      Quiet.assertNothingHeld(resolving, Liveness.LIMIT);
      Liveness.assertShutsDown(resolving, Duration.ofSeconds(2));
    }
  }

  /** As many dependents as there are cores, all begun. */
  private void takeEveryCore() {
    int cores = Runtime.getRuntime().availableProcessors();
    List<CompletableFuture<Void>> dependents = new ArrayList<>();
    for (int i = 0; i < cores; i++) {
      dependents.add(client.getString(slow.url("/")).thenRun(this::spin));
    }
    answer.countDown();
    Eventually.holds(
        () -> spinning.get() == cores, () -> cores + " spinning: " + dependents, Liveness.LIMIT);
  }

  private void spin() {
    spinning.incrementAndGet();
    long end = System.nanoTime() + MOST_SPINNING_NANOS;
    while (!stop && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    spinning.decrementAndGet();
  }

  private void answerLate(Exchange exchange) throws Exception {
    if (!answer.await(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("not told to answer");
    }
    exchange.respond(200, "ok");
  }

  private List<InetAddress> resolveLate() throws UnknownHostException {
    try {
      boolean told = resolve.await(20, TimeUnit.SECONDS);
      throw new UnknownHostException(told ? "resolved too late" : "not told to resolve");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnknownHostException("interrupted");
    }
  }
}
