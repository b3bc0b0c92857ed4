package dev.fetchwell.internal.pipeline.cooldown;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.permits.PermitLimits;
import dev.fetchwell.internal.pipeline.permits.Permits;
import dev.fetchwell.internal.pipeline.retry.Retries;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.Throttled;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Answers;
import dev.fetchwell.testkit.ManualExecutor;
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
import org.junit.jupiter.api.Test;

class CoolDownsTest implements CallListener {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TEN = Duration.ofSeconds(10);

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor executor = new ManualExecutor();
  private final Platform platform = VirtualPlatform.of(executor, timer);
  private final ScriptedStage wire = new ScriptedStage();
  private final KeyedQueueLimit places = new KeyedQueueLimit(100, 90);
  private final List<Throttled> throttled = new ArrayList<>();
  private CoolDowns coolDowns = new CoolDowns(CoolDown.perHost(), places, platform);

  @Override
  public void throttled(Throttled event) {
    throttled.add(event);
  }

  private CompletableFuture<Reply> send(String host) {
    return send(host, options());
  }

  private void start(String host, Header... headers) {
    var unused = send(host, options(), headers);
  }

  private CompletableFuture<Reply> send(String host, CallOptions options, Header... headers) {
    return send(stage(), host, options, headers);
  }

  private Stage stage() {
    return coolDowns.layer().around(coolDowns.lastLook().around(wire));
  }

  private CompletableFuture<Reply> send(
      Stage stage, String host, CallOptions options, Header... headers) {
    FetchRequest request = to("http://" + host + "/", "GET", headers);
    CallContext context = TestCalls.context(request, options, ReplyReaders.BYTES, platform, this);
    context.beginAttempt(false, false);
    return Outermost.around(stage).send(request, context);
  }

  private void pass(Duration time) {
    executor.runAll();
    for (Duration left = time; !left.isZero(); left = left.minus(Duration.ofMillis(10))) {
      timer.advance(Duration.ofMillis(10));
      executor.runAll();
    }
  }

  /** A call that the server answers with a wish to be left alone. */
  private void cool(String host, int status, String retryAfter) {
    var unused = send(host);
    wire.last().future().complete(reply(status, "Retry-After", retryAfter));
    executor.runAll();
  }

  @Test
  void nothingConfiguredIsNotInLine() {
    CoolDowns none = new CoolDowns(null, places, platform);
    assertThat(none.layer().around(wire)).isSameAs(wire);
    assertThat(none.lastLook().around(wire)).isSameAs(wire);
  }

  @Test
  void callsOfTheHostWaitAndThoseOfOthersDoNot() {
    cool("a", 429, "10");
    CompletableFuture<Reply> call = send("a");
    start("b");
    assertThat(wire.count()).isEqualTo(2);
    assertThat(coolDowns.coolingDown()).containsExactly("a");
    assertThat(places.taken()).isEqualTo(1);
    assertThat(throttled).hasSize(1);
    assertThat(throttled.get(0).reason()).isEqualTo(Throttled.Reason.COOL_DOWN);
    assertThat(throttled.get(0).delay()).isEqualTo(TEN);

    pass(TEN.minusMillis(10));
    assertThat(wire.count()).isEqualTo(2);
    pass(SECOND.plusMillis(10));

    assertThat(wire.count()).isEqualTo(3);
    wire.last().future().complete(reply(200));
    assertThat(call).isCompleted();
    assertThat(coolDowns.coolingDown()).isEmpty();
    assertThat(places.taken()).isZero();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void thoseThatWaitedGoInOrderSpreadOverATenthOfTheTime() {
    cool("a", 503, "10");
    for (int i = 0; i < 80; i++) {
      start("a", new Header("X-Number", "" + i, false));
    }
    pass(TEN);
    int atOnce = wire.count() - 1;
    assertThat(atOnce).isLessThan(10);
    pass(Duration.ofMillis(500));
    assertThat(wire.count() - 1).isBetween(20, 60);
    pass(Duration.ofMillis(500));

    assertThat(wire.count() - 1).isEqualTo(80);
    for (int i = 0; i < 80; i++) {
      assertThat(wire.sent(i + 1).request().header("X-Number")).contains("" + i);
    }
    assertThat(timer.pending()).isZero();
  }

  @Test
  void waitBeyondTheDeadlineOrTheQueueTimeoutFailsAtOnce() {
    cool("a", 429, "10");

    RateLimitExceededError error =
        failure(send("a", options().timeout(TEN)), RateLimitExceededError.class);
    assertThat(error.retryAfter()).isEqualTo(TEN);
    assertThat(error.attempts()).isZero();
    assertThat(error)
        .hasMessageContaining("the server asked to leave a alone for another 10000 ms")
        .hasMessageContaining("would pass the call's deadline");
    assertThat(failure(send("a", options().queueTimeout(SECOND)), RateLimitExceededError.class))
        .hasMessageContaining("would pass the call's queueTimeout");
    assertThat(places.taken()).isZero();
  }

  @Test
  void whoWaitsIsToldWhenItBecomesTooLong() {
    var late = send("a");
    cool("a", 429, "10");
    CompletableFuture<Reply> waits = send("a");
    CompletableFuture<Reply> hasty = send("a", options().timeout(Duration.ofSeconds(20)));

    wire.sent(0).future().complete(reply(429, "Retry-After", "25"));
    executor.runAll();

    assertThat(failure(hasty, RateLimitExceededError.class).retryAfter())
        .isEqualTo(Duration.ofSeconds(25));
    assertThat(late).isCompletedExceptionally();
    pass(Duration.ofSeconds(24));
    assertThat(waits).isNotDone();
    assertThat(wire.count()).isEqualTo(2);
    pass(Duration.ofSeconds(4));
    assertThat(wire.count()).isEqualTo(3);
  }

  @Test
  void shorterWishOrASuccessMeanwhileEndsNothing() {
    start("a");
    start("a");
    cool("a", 429, "10");
    wire.sent(0).future().complete(reply(429, "Retry-After", "1"));
    wire.sent(1).future().complete(reply(200));
    executor.runAll();
    start("a");

    pass(Duration.ofSeconds(9));
    assertThat(wire.count()).isEqualTo(3);
  }

  @Test
  void whatIsNoWishKeepsNobodyAway() {
    cool("a", 429, "0");
    cool("a", 503, "soon");
    cool("a", 500, "10");
    cool("a", 200, "10");
    start("a");
    wire.last().future().complete(reply(429));

    start("a");

    assertThat(wire.count()).isEqualTo(6);
    assertThat(coolDowns.coolingDown()).isEmpty();
  }

  @Test
  void yearLongWishCountsAsTheLongest() {
    cool("a", 429, "31536000");
    assertThat(failure(send("a"), RateLimitExceededError.class).retryAfter())
        .isEqualTo(Duration.ofMinutes(1));
    pass(Duration.ofMinutes(1));
    start("a");
    assertThat(wire.count()).isEqualTo(2);

    coolDowns = new CoolDowns(CoolDown.perHost().atMost(SECOND), places, platform);
    cool("b", 429, "31536000");
    assertThat(failure(send("b", options().timeout(SECOND)), RateLimitExceededError.class))
        .hasMessageContaining("1000 ms");
  }

  @Test
  void keyOfTheCallersDecidesWhoWaits() {
    CoolDown byTenant = CoolDown.by(request -> request.header("X-Tenant").orElse("none"));
    coolDowns = new CoolDowns(byTenant, places, platform);
    start("a", new Header("X-Tenant", "one", false));
    wire.last().future().complete(reply(429, "Retry-After", "10"));

    start("b", new Header("X-Tenant", "one", false));
    start("a", new Header("X-Tenant", "two", false));

    assertThat(wire.count()).isEqualTo(2);
    assertThat(coolDowns.coolingDown()).containsExactly("one");
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is tested.
  void keyThatThrowsOrIsNullEndsTheCall() {
    List<CoolDown> broken =
        List.of(
            CoolDown.by(request -> null),
            CoolDown.by(
                request -> {
                  throw new AssertionError("thrown");
                }));
    for (CoolDown policy : broken) {
      coolDowns = new CoolDowns(policy, places, platform);
      UnexpectedError error = failure(send("a"), UnexpectedError.class);
      assertThat(error.attempts()).isZero();
      assertThat(error.mayHaveBeenProcessed()).isFalse();
    }
    assertThat(wire.count()).isZero();
  }

  @Test
  void cancelledWaiterLeavesNothingBehind() {
    cool("a", 429, "10");
    CompletableFuture<Reply> call = send("a");
    call.cancel(false);

    assertThat(places.taken()).isZero();
    assertThat(timer.pending()).isZero();
    pass(Duration.ofSeconds(12));
    assertThat(wire.count()).isEqualTo(1);
  }

  @Test
  void whoFindsNoPlaceToWaitFailsAtOnce() {
    cool("a", 429, "10");
    for (int i = 0; i < 90; i++) {
      start("a");
    }
    assertThat(failure(send("a"), RateLimitExceededError.class))
        .hasMessageContaining("all places in its queue are taken");
  }

  @Test
  void timerThatTakesNoTaskFailsTheCallAndLosesNothing() {
    cool("a", 429, "10");
    timer.reject(true);
    failure(send("a"), UnexpectedError.class);
    timer.reject(false);

    assertThat(places.taken()).isZero();
    start("a");
    pass(Duration.ofSeconds(12));
    assertThat(wire.count()).isEqualTo(2);
  }

  @Test
  void retryOfTheCallThatWasAnsweredSoDoesNotWaitTwice() {
    Stage stage = Retries.layer(RetryRegistry.ofDefaults(), platform).around(stage());
    wire.then(Answers.fails(429, TEN)).always(Answers.replies(200));
    CompletableFuture<Reply> call = sendFirst(stage, options());
    executor.runAll();
    for (int i = 0; i < 20; i++) {
      var unused = send(stage, "a", options());
    }

    pass(TEN);

    assertThat(call).isCompleted();
    assertThat(wire.count()).isLessThan(10);
    pass(SECOND);
    assertThat(wire.count()).isEqualTo(22);
  }

  @Test
  void retryThatComesBeforeItsTimeWaitsForTheRest() {
    Stage stage = Retries.layer(RetryRegistry.ofDefaults(), platform).around(stage());
    wire.then(Answers.fails(429, TEN)).always(Answers.replies(200));
    RetryPolicy ignoring = TestCalls.steady().respectRetryAfter(Duration.ZERO).build();
    CompletableFuture<Reply> call = sendFirst(stage, options(ignoring));

    pass(TEN.minusMillis(10));
    assertThat(wire.count()).isEqualTo(1);
    pass(Duration.ofMillis(1_100));
    assertThat(call).isCompleted();
  }

  /** A call whose attempts the retries begin. */
  private CompletableFuture<Reply> sendFirst(Stage stage, CallOptions options) {
    FetchRequest request = to("http://a/", "GET");
    CallContext context = TestCalls.context(request, options, ReplyReaders.BYTES, platform, this);
    return Outermost.around(stage).send(request, context);
  }

  @Test
  void thoseThatWaitForAPermitAlreadyAreKeptAwayTooAndHoldNone() {
    Permits permits =
        new Permits(new PermitLimits(2, 2, 50, 50), null, BulkheadRegistry.ofDefaults(), platform);
    Stage stage =
        coolDowns.layer().around(permits.layer().around(coolDowns.lastLook().around(wire)));
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(send(stage, "a", options()));
    }
    assertThat(wire.count()).isEqualTo(2);

    wire.sent(0).future().complete(reply(429, "Retry-After", "10"));
    wire.sent(1).future().complete(reply(200));
    pass(TEN.minusMillis(10));

    assertThat(wire.count()).isEqualTo(2);
    assertThat(permits.inFlight()).isZero();
    assertThat(permits.queued()).isZero();
    assertThat(places.taken()).isEqualTo(18);
    wire.always(Answers.replies(200));
    pass(SECOND.plusMillis(10));
    assertThat(calls.subList(1, 20)).allMatch(call -> !call.isCompletedExceptionally());
    assertThat(calls).allMatch(CompletableFuture::isDone);
    assertThat(places.taken()).isZero();
    assertThat(permits.inFlight()).isZero();
  }

  @Test
  void keysThatAreOverAreForgotten() {
    for (int i = 0; i < 50_000; i++) {
      cool("host" + i, 429, "1");
      if (i % 100 == 0) {
        timer.advance(Duration.ofMillis(500));
      }
    }
    assertThat(coolDowns.remembered()).isLessThan(3_000);
    for (int i = 0; i < 50_000; i++) {
      cool("another" + i, 429, "60");
    }
    assertThat(coolDowns.remembered()).isLessThanOrEqualTo(16_384);
  }
}
