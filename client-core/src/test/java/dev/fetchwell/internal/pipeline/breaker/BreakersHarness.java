package dev.fetchwell.internal.pipeline.breaker;

import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Single attempts through breakers that open at two failures of four, for ten seconds, and then try
 * two; between the call's deadline and the attempt's.
 */
final class BreakersHarness {

  static final Duration OPEN = Duration.ofSeconds(10);
  static final String HOST = "a";

  final VirtualTimer timer = new VirtualTimer();
  final Platform platform = VirtualPlatform.of(timer);
  final ScriptedStage next = new ScriptedStage();
  final EventRecorder recorder = new EventRecorder();
  final Breakers breakers;

  BreakersHarness() {
    this(policy().build());
  }

  BreakersHarness(CircuitBreakerPolicy policy) {
    breakers = new Breakers(policy, platform);
  }

  static CircuitBreakerPolicy.Builder policy() {
    return CircuitBreakerPolicy.builder()
        .failureRate(0.5)
        .slidingWindow(4)
        .minimumCalls(2)
        .openFor(OPEN)
        .trialCalls(2);
  }

  CompletableFuture<Reply> send() {
    return send(HOST, options());
  }

  CompletableFuture<Reply> send(String host) {
    return send(host, options());
  }

  CompletableFuture<Reply> send(String host, CallOptions options) {
    return send(context(host, options));
  }

  CompletableFuture<Reply> send(CallContext context) {
    List<Layer> layers = List.of(Deadline.layer(), breakers.layer(), AttemptTimeout.layer());
    return Outermost.around(Layer.onto(next, layers)).send(context.request(), context);
  }

  CallContext context(String host, CallOptions options) {
    CallContext context =
        TestCalls.context(
            to("http://" + host + "/", "GET"), options, ReplyReaders.BYTES, platform, recorder);
    context.beginAttempt(false, false);
    return context;
  }

  void answer(int status) {
    int before = next.count();
    var unused = send();
    assertThat(next.count()).as("attempts that were let through").isEqualTo(before + 1);
    next.last().future().complete(reply(status));
  }

  /** The connection breaks under an attempt that runs. */
  void breakUnder(int index) {
    CallContext context = context(HOST, options());
    next.sent(index)
        .future()
        .completeExceptionally(
            new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null));
  }

  /** Opens the breaker by what the host answers. */
  void open() {
    answer(503);
    answer(503);
    assertThat(state()).isEqualTo(CircuitState.OPEN);
  }

  /** Opens the breaker and lets its time pass. */
  void openAndWait() {
    open();
    timer.advance(OPEN);
  }

  CircuitState state() {
    return Objects.requireNonNull(breakers.states().get(HOST), "no breaker yet");
  }

  CircuitBreaker resilience4j() {
    return breakers.registry().circuitBreaker(HOST);
  }

  CircuitBreaker.Metrics metrics() {
    return resilience4j().getMetrics();
  }

  List<String> changes() {
    return recorder.events().stream().filter(each -> each.startsWith("circuitChanged")).toList();
  }
}
