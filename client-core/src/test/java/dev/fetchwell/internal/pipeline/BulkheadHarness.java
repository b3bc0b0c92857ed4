package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.reply;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static dev.fetchwell.internal.pipeline.TestCalls.steady;
import static dev.fetchwell.internal.pipeline.TestCalls.timeouts;
import static dev.fetchwell.internal.pipeline.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.BulkheadLimits;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A stage with two permits for each host, three in all, and four places. */
final class BulkheadHarness {

  static final Duration QUEUE = Duration.ofSeconds(2);

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor executor = new ManualExecutor();
  final ScriptedStage next = new ScriptedStage();
  final EventRecorder recorder = new EventRecorder();
  final BulkheadStage stage =
      new BulkheadStage(
          next,
          new Bulkheads(new BulkheadLimits(3, 2, 4), BulkheadRegistry.ofDefaults(), executor));

  CompletableFuture<Reply> send(String host) {
    return stage.send(to("http://" + host + "/", "GET"), context(host));
  }

  void start(String host) {
    var unused = send(host);
  }

  CompletableFuture<Reply> sendWithQueueTimeout(String host) {
    FetchRequest request = to("http://" + host + "/", "GET");
    CallSettings settings =
        settings(timeouts(Duration.ofSeconds(30), Duration.ofSeconds(10), QUEUE), steady().build());
    return stage.send(request, TestCalls.context(request, settings, timer, recorder));
  }

  CallContext context(String host) {
    return TestCalls.context(to("http://" + host + "/", "GET"), settings(), timer, recorder);
  }

  void completeAll() {
    for (int i = 0; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
      executor.runAll();
    }
  }

  void assertAllPermitsAreBack() {
    assertThat(stage.inFlight()).isZero();
    assertThat(stage.queued()).isZero();
    int before = next.count();
    start("a");
    start("a");
    start("b");
    assertThat(next.count()).isEqualTo(before + 3);
    assertThat(stage.queued()).isZero();
    for (int i = before; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
    }
    assertThat(stage.inFlight()).isZero();
  }
}
