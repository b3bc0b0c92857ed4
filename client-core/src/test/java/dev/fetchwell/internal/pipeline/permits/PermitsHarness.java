package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls through the permits; two for each host, three in all and four places unless it says so. */
final class PermitsHarness {

  static final Duration QUEUE = Duration.ofSeconds(2);

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor executor = new ManualExecutor();
  final Platform platform = VirtualPlatform.of(executor, timer);
  final ScriptedStage next = new ScriptedStage();
  final EventRecorder recorder = new EventRecorder();
  final BulkheadRegistry registry = BulkheadRegistry.ofDefaults();
  final Permits permits;

  PermitsHarness() {
    this(new PermitLimits(3, 2, 4, 4));
  }

  PermitsHarness(PermitLimits limits) {
    this(limits, null);
  }

  PermitsHarness(PermitLimits limits, @Nullable AdaptiveLimit adaptive) {
    permits = new Permits(limits, adaptive, registry, platform);
  }

  CompletableFuture<Reply> send(String host) {
    return send(context(host));
  }

  CompletableFuture<Reply> send(CallContext context) {
    return around(next).send(context.request(), context);
  }

  void start(String host) {
    var unused = send(host);
  }

  void start(String host, int times) {
    for (int i = 0; i < times; i++) {
      start(host);
    }
  }

  CompletableFuture<Reply> sendWithQueueTimeout(String host) {
    return send(context(host, options().queueTimeout(QUEUE), recorder));
  }

  /** The permits around another stage, within an engine. */
  Stage around(Stage inner) {
    return Outermost.around(permits.layer().around(inner));
  }

  CallContext context(String host) {
    return context(host, options(), recorder);
  }

  CallContext context(String host, CallListener listener) {
    return context(host, options(), listener);
  }

  /** A call whose first attempt has begun. */
  private CallContext context(String host, CallOptions options, CallListener listener) {
    FetchRequest request = to("http://" + host + "/", "GET");
    CallContext context =
        TestCalls.context(request, options, ReplyReaders.BYTES, platform, listener);
    context.beginAttempt(false, false);
    return context;
  }

  Bulkhead.Metrics twin(String name) {
    return registry.bulkhead(name).getMetrics();
  }

  void completeAll() {
    for (int i = 0; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
      executor.runAll();
    }
  }

  /** For the limits that are not named. */
  void assertAllPermitsAreBack() {
    assertNothingIsHeld();
    int before = next.count();
    start("a");
    start("a");
    start("b");
    assertThat(next.count()).isEqualTo(before + 3);
    assertThat(permits.queued()).isZero();
    for (int i = before; i < next.count(); i++) {
      next.sent(i).future().complete(reply(200));
    }
    assertNothingIsHeld();
  }

  void assertNothingIsHeld() {
    assertThat(permits.inFlight()).isZero();
    assertThat(permits.queued()).isZero();
    assertThat(permits.abandoned()).isZero();
    assertThat(registry.getAllBulkheads())
        .allSatisfy(
            twin ->
                assertThat(twin.getMetrics().getAvailableConcurrentCalls())
                    .as(twin.getName())
                    .isEqualTo(twin.getMetrics().getMaxAllowedConcurrentCalls()));
  }
}
