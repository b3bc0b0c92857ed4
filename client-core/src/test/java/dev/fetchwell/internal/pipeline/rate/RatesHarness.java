package dev.fetchwell.internal.pipeline.rate;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.Throttled;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls through rate limits, with four places to wait, three of them for one host. */
final class RatesHarness implements CallListener {

  final VirtualTimer timer = new VirtualTimer();
  final ManualExecutor executor = new ManualExecutor();
  final Platform platform = VirtualPlatform.of(executor, timer);
  final ScriptedStage next = new ScriptedStage();
  final List<Throttled> throttled = new ArrayList<>();
  final KeyedQueueLimit waiting = new KeyedQueueLimit(4, 3);
  final KeyedQueueLimit asking = new KeyedQueueLimit(4, 3);
  final RateLimits limits;

  RatesHarness(@Nullable RateLimit perHost, @Nullable RateLimit ofAll, RateLimiter... limiters) {
    limits = new RateLimits(perHost, ofAll, List.of(limiters), waiting, asking, platform);
  }

  @Override
  public void throttled(Throttled event) {
    throttled.add(event);
  }

  CompletableFuture<Reply> send(String host) {
    return send(host, options());
  }

  void start(String host) {
    var unused = send(host);
  }

  CompletableFuture<Reply> send(String host, CallOptions options) {
    FetchRequest request = to("http://" + host + "/", "GET");
    CallContext context = TestCalls.context(request, options, ReplyReaders.BYTES, platform, this);
    context.beginAttempt(false, false);
    return Outermost.around(limits.layer().around(next)).send(request, context);
  }

  List<CompletableFuture<Reply>> send(String host, int times) {
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      calls.add(send(host));
    }
    return calls;
  }

  void pass(Duration time) {
    executor.runAll();
    timer.advance(time);
    executor.runAll();
  }

  /** The hosts that were sent to, in order. */
  List<String> sent() {
    List<String> hosts = new ArrayList<>();
    for (int i = 0; i < next.count(); i++) {
      hosts.add(next.sent(i).request().host());
    }
    return hosts;
  }

  void assertNobodyWaits() {
    assertThat(waiting.taken()).isZero();
    assertThat(asking.taken()).isZero();
    assertThat(timer.pending()).isZero();
  }
}
