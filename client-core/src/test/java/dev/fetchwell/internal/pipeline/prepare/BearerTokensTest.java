package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.TokenError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerTokensTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final FetchRequest REQUEST = request("POST");

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor threads = new ManualExecutor();
  private final Platform platform = VirtualPlatform.of(threads, timer);
  private final ScriptedStage next = new ScriptedStage().always(replies(200));
  private final EventRecorder events = new EventRecorder();

  /** What the source gave, and the test completes. */
  private final List<CompletableFuture<Token>> fetches = new ArrayList<>();

  private final BearerTokens tokens =
      new BearerTokens(TokenSource.of(this::fetch), platform, new OwnOrigin(null));
  private final Stage stage = tokens.layer().around(next);

  private CompletableFuture<Token> fetch() {
    CompletableFuture<Token> fetch = new CompletableFuture<>();
    fetches.add(fetch);
    return fetch;
  }

  private CompletableFuture<Reply> send() {
    return send(REQUEST);
  }

  private CompletableFuture<Reply> send(FetchRequest sent) {
    CallContext context = contextOf(sent);
    CompletableFuture<Reply> call = stage.send(sent, context);
    threads.runAll();
    return call;
  }

  private CallContext contextOf(FetchRequest sent) {
    CallContext context = context(sent, options(), ReplyReaders.BYTES, platform, events);
    var unused = context.beginAttempt(false, false);
    return context;
  }

  private void come(String value, Duration life) {
    Token token = new Token(value, platform.clock().instant().plus(life));
    fetches.get(fetches.size() - 1).complete(token);
    threads.runAll();
  }

  private void fail(Throwable thrown) {
    fetches.get(fetches.size() - 1).completeExceptionally(thrown);
    threads.runAll();
  }

  private void advance(Duration time) {
    timer.advance(time);
    threads.runAll();
  }

  private String sentLast() {
    return next.last().request().header("Authorization").orElse("none");
  }

  @Test
  void clientWithoutASourceHasNoStageForIt() {
    BearerTokens none = new BearerTokens(null, platform, new OwnOrigin(null));

    assertThat(none.layer().around(next)).isSameAs(next);
    none.close();
  }

  @Test
  void thousandCallsShareOneFetch() {
    List<CompletableFuture<Reply>> calls = IntStream.range(0, 1000).mapToObj(i -> send()).toList();
    assertThat(fetches).hasSize(1);
    assertThat(next.count()).isZero();

    come("t1", HOUR);
    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(send()).isCompleted();

    assertThat(fetches).hasSize(1);
    assertThat(next.count()).isEqualTo(1001);
    assertThat(next.last().request().headers())
        .containsExactly(new Header("Authorization", "Bearer t1", true));
    assertThat(timer.pending()).isZero();
  }

  @Test
  void callThatComesAsTheFetchEndsStartsNoOther() {
    var first = send();
    fetches.get(0).complete(new Token("t1", Instant.MAX));
    var second = stage.send(REQUEST, contextOf(REQUEST));
    threads.runAll();

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(fetches).hasSize(1);
  }

  @Test
  void requestsOfOtherOriginsAndWithAnAuthorizationOfTheirOwnGetNone() {
    BearerTokens based =
        new BearerTokens(
            TokenSource.of(this::fetch),
            platform,
            new OwnOrigin(URI.create("https://api.example.com")));
    Stage ofBase = based.layer().around(next);
    FetchRequest foreign = to("https://example.com/", "GET");
    FetchRequest own = request("GET", new Header("authorization", "Basic x", true));

    for (FetchRequest each : List.of(foreign, own)) {
      assertThat(ofBase.send(each, contextOf(each))).isCompleted();
    }
    var away = REQUEST.redirectedTo(URI.create("https://evil.example.com"), false);
    assertThat(send(away)).isCompleted();
    assertThat(send(away.redirectedTo(REQUEST.url(), false))).isCompleted();

    assertThat(fetches).isEmpty();
    assertThat(next.sent(0).request()).isSameAs(foreign);
    assertThat(next.sent(1).request()).isSameAs(own);
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        // A life in seconds, and the second in which it is renewed: a tenth, half a minute, half.
        3600_3240L,
        100_0070L,
        40_0020L,
        10_0005L
      })
  void tokenIsRenewedInTheBackgroundBeforeItExpires(long lifeAndRenewal) {
    Duration life = Duration.ofSeconds(lifeAndRenewal / 10_000);
    Duration renewal = Duration.ofSeconds(lifeAndRenewal % 10_000);
    var unused = send();
    come("t1", life);

    advance(renewal.minusMillis(1));
    assertThat(send()).isCompleted();
    assertThat(fetches).hasSize(1);

    advance(Duration.ofMillis(1));
    assertThat(send()).isCompleted();
    assertThat(send()).isCompleted();
    assertThat(fetches).hasSize(2);
    assertThat(sentLast()).isEqualTo("Bearer t1");

    come("t2", life);
    assertThat(send()).isCompleted();
    assertThat(sentLast()).isEqualTo("Bearer t2");
  }

  @Test
  void expiredTokenIsNotSent() {
    var unused = send();
    come("t1", HOUR);
    advance(HOUR);

    CompletableFuture<Reply> waits = send();

    assertThat(waits).isNotDone();
    come("t2", HOUR);
    assertThat(waits).isCompleted();
    assertThat(sentLast()).isEqualTo("Bearer t2");
  }

  @Test
  void tokenThatHadExpiredWhenItCameServesThoseThatWaitedForIt() {
    CompletableFuture<Reply> waits = send();
    come("t1", Duration.ofSeconds(-1));
    assertThat(waits).isCompleted();

    CompletableFuture<Reply> another = send();

    assertThat(another).isNotDone();
    assertThat(fetches).hasSize(2);
  }

  @Test
  void tokensForEverAndForLongAgoAreNoProblem() {
    CompletableFuture<Reply> waits = send();
    fetches.get(0).complete(new Token("t1", Instant.MIN));
    threads.runAll();
    assertThat(waits).isCompleted();
    waits = send();
    fetches.get(1).complete(new Token("t2", Instant.MAX));
    threads.runAll();

    advance(Duration.ofDays(36_500));
    assertThat(waits).isCompleted();
    assertThat(send()).isCompleted();
    assertThat(fetches).hasSize(2);
  }

  @Test
  void callerThatCancelsLeavesTheFetchToTheOthers() {
    CompletableFuture<Reply> first = send();
    CompletableFuture<Reply> second = send();

    first.cancel(false);
    assertThat(fetches.get(0)).isNotDone();
    come("t1", HOUR);

    assertThat(second).isCompleted();
    assertThat(next.count()).isEqualTo(1);
  }

  @Test
  void fetchThatNobodyWaitsForIsCancelled() {
    send().cancel(false);
    threads.runAll();
    assertThat(fetches.get(0)).isCancelled();

    CompletableFuture<Reply> call = send();
    come("t1", HOUR);

    assertThat(call).isCompleted();
    assertThat(fetches).hasSize(2);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void backgroundFetchIsCancelledByCloseOnly() {
    var unused = send();
    come("t1", Duration.ofSeconds(10));
    advance(Duration.ofSeconds(6));
    unused = send();
    advance(Duration.ofSeconds(4));
    send().cancel(false);
    assertThat(fetches.get(1)).isNotDone();

    tokens.close();
    threads.runAll();

    assertThat(fetches.get(1)).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void allThatWaitGetAnErrorOfTheirOwnWhenTheSourceFails() {
    IllegalStateException thrown = new IllegalStateException("secret-value");
    CompletableFuture<Reply> first = send();
    CompletableFuture<Reply> second = send();

    fail(thrown);

    TokenError error = failure(first, TokenError.class);
    assertThat(failure(second, TokenError.class)).isNotSameAs(error);
    assertThat(error)
        .hasCause(thrown)
        .hasMessageContaining("its TokenSource failed with java.lang.IllegalStateException")
        .hasMessageNotContaining("secret-value");
    assertThat(error.attempts()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(next.count()).isZero();
  }

  @Test
  void whatALibraryErrorSaysIsShown() {
    CompletableFuture<Reply> call = send();

    fail(new ClientClosedError(contextOf(request("GET")).facts()));

    assertThat(failure(call, TokenError.class))
        .hasCauseInstanceOf(ClientClosedError.class)
        .hasMessageContaining("api.example.com/users?key=***");
  }

  @Test
  void sourceThatFailedIsAskedAgainAfterASecond() {
    var unused = send();
    fail(new IllegalStateException());

    List<CompletableFuture<Reply>> calls = IntStream.range(0, 1000).mapToObj(i -> send()).toList();
    advance(SECOND.minusMillis(1));
    assertThat(fetches).hasSize(1);
    advance(Duration.ofMillis(1));
    assertThat(fetches).hasSize(2);
    come("t1", HOUR);

    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(timer.pending()).isZero();
  }

  @Test
  void sourceThatFailedLongAgoIsAskedAtOnce() {
    var unused = send();
    fail(new IllegalStateException());
    advance(SECOND);

    unused = send();

    assertThat(fetches).hasSize(2);
  }

  @Test
  void pauseEndsWithTheCallsThatWait() {
    var unused = send();
    fail(new IllegalStateException());

    send().cancel(false);

    assertThat(timer.pending()).isZero();
    advance(HOUR);
    assertThat(fetches).hasSize(1);
  }

  @Test
  void failedRenewalIsTriedOnceASecondWhileTheOldTokenIsGood() {
    var unused = send();
    come("t1", Duration.ofSeconds(10));
    advance(Duration.ofSeconds(6));

    for (int i = 0; i < 100; i++) {
      assertThat(send()).isCompleted();
      if (!fetches.get(fetches.size() - 1).isDone()) {
        fail(new IllegalStateException());
      }
      advance(Duration.ofMillis(20));
    }

    assertThat(fetches).hasSizeBetween(3, 4);
    assertThat(sentLast()).isEqualTo("Bearer t1");
  }

  @Test
  void fetchThatNeverEndsIsGivenUp() {
    CompletableFuture<Reply> call = send();

    advance(Duration.ofSeconds(30));

    assertThat(failure(call, TokenError.class))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("its TokenSource gave none in 30 s");
    assertThat(fetches.get(0)).isCancelled();
    advance(SECOND);
    var unused = send();
    assertThat(fetches).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "hidden\nX-Evil: 1", "hidden\u00e9", "hidden\0"})
  void tokenThatNoHeaderCanHaveIsAnErrorWithoutIt(String value) {
    CompletableFuture<Reply> call = send();

    come(value, HOUR);

    assertThat(failure(call, TokenError.class))
        .hasMessageContaining("its TokenSource gave one that cannot be sent: ")
        .hasMessageNotContaining("hidden");
    assertThat(next.count()).isZero();
  }

  @Test
  void sourceThatThrowsOrGivesNothingIsAnError() {
    for (TokenSource source : List.of(throwing(), giving(null), ofNull(), cancelled())) {
      Stage broken = new BearerTokens(source, platform, new OwnOrigin(null)).layer().around(next);
      CompletableFuture<Reply> call = broken.send(REQUEST, contextOf(REQUEST));
      threads.runAll();
      assertThat(failure(call, TokenError.class).getCause()).isNotNull();
    }
    assertThat(next.count()).isZero();
  }

  private static TokenSource throwing() {
    return TokenSource.of(
        () -> {
          throw new AssertionError("broken");
        });
  }

  @SuppressWarnings("NullAway")
  private static TokenSource giving(@Nullable CompletableFuture<Token> future) {
    return TokenSource.of(() -> future);
  }

  @SuppressWarnings("NullAway")
  private static TokenSource ofNull() {
    return giving(CompletableFuture.completedFuture(null));
  }

  private static TokenSource cancelled() {
    return giving(CompletableFuture.failedFuture(new CancellationException()));
  }

  @Test
  void refusedTokenIsRenewedAndTheRequestSentAgain() {
    next.then(replies(401)).then(replies(200));
    CompletableFuture<Reply> call = send();
    come("t1", HOUR);
    assertThat(call).isNotDone();
    come("t2", HOUR);

    assertThat(call).isCompletedWithValueMatching(reply -> reply.status() == 200);
    assertThat(next.sent(0).request().header("Authorization")).contains("Bearer t1");
    assertThat(next.sent(1).request().header("Authorization")).contains("Bearer t2");
    assertThat(next.sent(1).attempt().number()).isEqualTo(2);
    assertThat(events.events())
        .containsExactly(
            "attemptEnded 1 401 ClientStatusError",
            "retryScheduled 2 ClientStatusError",
            "attemptStarted 2");
  }

  @Test
  void requestIsSentAgainOnlyOnceForACall() {
    next.always(replies(401));
    CallContext context = contextOf(REQUEST);
    CompletableFuture<Reply> call = stage.send(REQUEST, context);
    threads.runAll();
    come("t1", HOUR);
    come("t2", HOUR);
    assertThat(call).isCompletedWithValueMatching(reply -> reply.status() == 401);

    context.beginAttempt(true, false);
    CompletableFuture<Reply> retry = stage.send(REQUEST, context);

    assertThat(retry).isCompletedWithValueMatching(reply -> reply.status() == 401);
    assertThat(next.count()).isEqualTo(3);
    assertThat(fetches).hasSize(2);
  }

  @Test
  void manyRefusedCallsShareOneRenewal() {
    var unused = send();
    come("t1", HOUR);
    ScriptedStage slow = new ScriptedStage();
    Stage onSlow = tokens.layer().around(slow);
    List<CompletableFuture<Reply>> calls =
        IntStream.range(0, 100).mapToObj(i -> onSlow.send(REQUEST, contextOf(REQUEST))).toList();

    for (int i = 0; i < 50; i++) {
      slow.sent(i).future().complete(replies(401).to(REQUEST, contextOf(REQUEST)));
    }
    threads.runAll();
    come("t2", HOUR);
    for (int i = 50; i < 100; i++) {
      slow.sent(i).future().complete(replies(401).to(REQUEST, contextOf(REQUEST)));
    }
    threads.runAll();

    assertThat(slow.count()).isEqualTo(200);
    for (int i = 100; i < 200; i++) {
      assertThat(slow.sent(i).request().header("Authorization")).contains("Bearer t2");
      slow.sent(i).future().complete(replies(200).to(REQUEST, contextOf(REQUEST)));
    }
    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(fetches).hasSize(2);
  }

  @Test
  void tokensThatAreRefusedAsSoonAsTheyAreRenewedAreFetchedOnceASecond() {
    next.always(replies(401));
    var unused = send();
    come("t1", HOUR);
    come("t2", HOUR);

    unused = send();
    assertThat(fetches).hasSize(2);
    advance(SECOND);

    assertThat(fetches).hasSize(3);
  }

  @Test
  void failedRenewalEndsTheRefusedCallWithItsError() {
    next.then(replies(401));
    CallContext context = contextOf(REQUEST);
    CompletableFuture<Reply> call = stage.send(REQUEST, context);
    threads.runAll();
    come("t1", HOUR);

    fail(new IllegalStateException());

    TokenError error = failure(call, TokenError.class);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(context.withHistory(error).getSuppressed()).hasSize(1);
  }

  @Test
  void sourceThatCallsTheClientThatWaitsForItIsTold() {
    List<CompletableFuture<Reply>> inner = new ArrayList<>();
    Stage[] own = new Stage[1];
    FetchRequest login = request("POST", new Header("Authorization", "Basic x", true));
    TokenSource source =
        TokenSource.of(
            () -> {
              inner.add(own[0].send(REQUEST, contextOf(REQUEST)));
              inner.add(own[0].send(login, contextOf(login)));
              return inner.get(1).thenApply(reply -> new Token("t1", Instant.MAX));
            });
    own[0] = new BearerTokens(source, platform, new OwnOrigin(null)).layer().around(next);

    CompletableFuture<Reply> call = own[0].send(REQUEST, contextOf(REQUEST));
    threads.runAll();

    assertThat(failure(inner.get(0), TokenError.class))
        .hasMessageContaining("its TokenSource calls the client that waits for it");
    assertThat(inner.get(1)).isCompleted();
    assertThat(call).isCompleted();
  }

  @Test
  void tokenIsNotShown() {
    assertThat(new Token("hidden", Instant.EPOCH).toString()).doesNotContain("hidden");
    assertThat(TokenSource.of(this::fetch).toString()).doesNotContain("hidden");
  }
}
