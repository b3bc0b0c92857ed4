package dev.fetchwell.internal.pipeline.hedge;

import static dev.fetchwell.testkit.TestCalls.reply;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.Hedged;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The stages around a hedge, on virtual time; what they send waits for the test to answer. */
final class HedgeRig {

  static final Duration AFTER = Duration.ofMillis(100);
  static final HedgePolicy POLICY = HedgePolicy.after(AFTER).budget(1);

  final VirtualTimer timer = new VirtualTimer();
  final Platform platform = VirtualPlatform.of(timer);
  final ScriptedStage wire = new ScriptedStage();
  final Hedges hedges = new Hedges(platform);
  final Permits permits;
  final List<String> events = new ArrayList<>();
  private final Stage stage;

  HedgeRig() {
    this(new PermitLimits(8, 8, 8, 8));
  }

  HedgeRig(PermitLimits limits) {
    this(limits, Layer.none());
  }

  /**
   * With another layer.
   *
   * @param above the permits, below the hedges
   */
  HedgeRig(PermitLimits limits, Layer above) {
    permits = new Permits(limits, null, BulkheadRegistry.ofDefaults(), platform);
    stage =
        Outermost.around(
            Layer.onto(
                wire,
                List.of(
                    Deadline.layer(),
                    Retries.layer(RetryRegistry.ofDefaults(), platform),
                    hedges.layer(),
                    above,
                    permits.layer(),
                    AttemptTimeout.layer())));
  }

  CallOptions options() {
    return TestCalls.options().hedge(POLICY);
  }

  CallContext call() {
    return call(TestCalls.request("GET"), options());
  }

  CallContext call(FetchRequest request, CallOptions options) {
    return call(request, options, ReplyReaders.BYTES);
  }

  CallContext call(FetchRequest request, CallOptions options, ReplyReader<?> reader) {
    return TestCalls.context(request, options, reader, platform, new Written());
  }

  CompletableFuture<Reply> send(CallContext context) {
    return stage.send(context.request(), context);
  }

  void waitForHedge() {
    timer.advance(AFTER);
  }

  void advanceMillis(long millis) {
    timer.advance(Duration.ofMillis(millis));
  }

  CompletableFuture<Reply> sent(int index) {
    return wire.sent(index).future();
  }

  Attempt attempt(int index) {
    return wire.sent(index).attempt();
  }

  /** Answers the request, counted from 0, which the server saw. */
  void answer(int index, int status) {
    attempt(index).markSent();
    attempt(index).markStatus(status);
    sent(index).complete(reply(status));
  }

  /** The connection of the request breaks after it was sent. */
  void breakOff(int index, CallContext context) {
    attempt(index).markSent();
    sent(index).completeExceptionally(broken(context));
  }

  static FetchError broken(CallContext context) {
    return new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
  }

  void assertNothingHeld() {
    assertThat(permits.inFlight()).isZero();
    assertThat(permits.queued()).isZero();
    assertThat(timer.pending()).isZero();
  }

  private final class Written implements CallListener {

    @Override
    public void attemptStarted(AttemptStarted event) {
      events.add("started " + event.attempt());
    }

    @Override
    public void hedged(Hedged event) {
      events.add("hedged " + event.attempt() + " after " + event.after().toMillis());
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
      String error = event.error() == null ? "" : " " + event.error().getClass().getSimpleName();
      events.add("ended " + event.attempt() + " " + event.status() + error);
    }
  }
}
