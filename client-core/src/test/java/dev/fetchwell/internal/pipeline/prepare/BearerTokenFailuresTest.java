package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.internal.pipeline.prepare.TokensRig.HOUR;
import static dev.fetchwell.internal.pipeline.prepare.TokensRig.REQUEST;
import static dev.fetchwell.internal.pipeline.prepare.TokensRig.SECOND;
import static dev.fetchwell.testkit.Answers.replies;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.TokenError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testkit.ScriptedStage;
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

/** What becomes of a source that fails, and of a token that the server refuses. */
class BearerTokenFailuresTest {

  private final TokensRig rig = new TokensRig();

  @Test
  void allThatWaitGetAnErrorOfTheirOwnWhenTheSourceFails() {
    IllegalStateException thrown = new IllegalStateException("secret-value");
    CompletableFuture<Reply> first = rig.send();
    CompletableFuture<Reply> second = rig.send();

    rig.fail(thrown);

    TokenError error = failure(first, TokenError.class);
    assertThat(failure(second, TokenError.class)).isNotSameAs(error);
    assertThat(error)
        .hasCause(thrown)
        .hasMessageContaining("its TokenSource failed with java.lang.IllegalStateException")
        .hasMessageNotContaining("secret-value");
    assertThat(error.attempts()).isZero();
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(rig.next.count()).isZero();
  }

  @Test
  void whatALibraryErrorSaysIsShown() {
    CompletableFuture<Reply> call = rig.send();

    rig.fail(new ClientClosedError(rig.contextOf(request("GET")).facts()));

    assertThat(failure(call, TokenError.class))
        .hasCauseInstanceOf(ClientClosedError.class)
        .hasMessageContaining("api.example.com/users?key=***");
  }

  @Test
  void sourceThatFailedIsAskedAgainAfterASecond() {
    var unused = rig.send();
    rig.fail(new IllegalStateException());

    List<CompletableFuture<Reply>> calls =
        IntStream.range(0, 1000).mapToObj(i -> rig.send()).toList();
    rig.advance(SECOND.minusMillis(1));
    assertThat(rig.fetches).hasSize(1);
    rig.advance(Duration.ofMillis(1));
    assertThat(rig.fetches).hasSize(2);
    rig.come("t1", HOUR);

    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void sourceThatFailedLongAgoIsAskedAtOnce() {
    var unused = rig.send();
    rig.fail(new IllegalStateException());
    rig.advance(SECOND);

    unused = rig.send();

    assertThat(rig.fetches).hasSize(2);
  }

  @Test
  void pauseEndsWithTheCallsThatWait() {
    var unused = rig.send();
    rig.fail(new IllegalStateException());

    rig.send().cancel(false);

    assertThat(rig.timer.pending()).isZero();
    rig.advance(HOUR);
    assertThat(rig.fetches).hasSize(1);
  }

  @Test
  void failedRenewalIsTriedOnceASecondWhileTheOldTokenIsGood() {
    var unused = rig.send();
    rig.come("t1", Duration.ofSeconds(10));
    rig.advance(Duration.ofSeconds(6));

    for (int i = 0; i < 100; i++) {
      assertThat(rig.send()).isCompleted();
      if (!rig.fetches.get(rig.fetches.size() - 1).isDone()) {
        rig.fail(new IllegalStateException());
      }
      rig.advance(Duration.ofMillis(20));
    }

    assertThat(rig.fetches).hasSizeBetween(3, 4);
    assertThat(rig.sentLast()).isEqualTo("Bearer t1");
  }

  @Test
  void fetchThatNeverEndsIsGivenUp() {
    CompletableFuture<Reply> call = rig.send();

    rig.advance(Duration.ofSeconds(30));

    assertThat(failure(call, TokenError.class))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("its TokenSource gave none in 30 s");
    assertThat(rig.fetches.get(0)).isCancelled();
    rig.advance(SECOND);
    var unused = rig.send();
    assertThat(rig.fetches).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "hidden\nX-Evil: 1", "hidden\u00e9", "hidden\0"})
  void tokenThatNoHeaderCanHaveIsAnErrorWithoutIt(String value) {
    CompletableFuture<Reply> call = rig.send();

    rig.come(value, HOUR);

    assertThat(failure(call, TokenError.class))
        .hasMessageContaining("its TokenSource gave one that cannot be sent: ")
        .hasMessageNotContaining("hidden");
    assertThat(rig.next.count()).isZero();
  }

  @Test
  void sourceThatThrowsOrGivesNothingIsAnError() {
    for (TokenSource source : List.of(throwing(), giving(null), ofNull(), cancelled())) {
      Stage broken =
          new BearerTokens(source, rig.platform, new OwnOrigin(null)).layer().around(rig.next);
      CompletableFuture<Reply> call = broken.send(REQUEST, rig.contextOf(REQUEST));
      rig.threads.runAll();
      assertThat(failure(call, TokenError.class).getCause()).isNotNull();
    }
    assertThat(rig.next.count()).isZero();
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
    rig.next.then(replies(401)).then(replies(200));
    CompletableFuture<Reply> call = rig.send();
    rig.come("t1", HOUR);
    assertThat(call).isNotDone();
    rig.come("t2", HOUR);

    assertThat(call).isCompletedWithValueMatching(reply -> reply.status() == 200);
    assertThat(rig.next.sent(0).request().header("Authorization")).contains("Bearer t1");
    assertThat(rig.next.sent(1).request().header("Authorization")).contains("Bearer t2");
    assertThat(rig.next.sent(1).attempt().number()).isEqualTo(2);
    assertThat(rig.events.events())
        .containsExactly(
            "attemptEnded 1 401 ClientStatusError",
            "retryScheduled 2 ClientStatusError",
            "attemptStarted 2");
  }

  @Test
  void requestIsSentAgainOnlyOnceForACall() {
    rig.next.always(replies(401));
    CallContext context = rig.contextOf(REQUEST);
    CompletableFuture<Reply> call = rig.stage.send(REQUEST, context);
    rig.threads.runAll();
    rig.come("t1", HOUR);
    rig.come("t2", HOUR);
    assertThat(call).isCompletedWithValueMatching(reply -> reply.status() == 401);

    context.beginAttempt(true, false);
    CompletableFuture<Reply> retry = rig.stage.send(REQUEST, context);

    assertThat(retry).isCompletedWithValueMatching(reply -> reply.status() == 401);
    assertThat(rig.next.count()).isEqualTo(3);
    assertThat(rig.fetches).hasSize(2);
  }

  @Test
  void manyRefusedCallsShareOneRenewal() {
    var unused = rig.send();
    rig.come("t1", HOUR);
    ScriptedStage slow = new ScriptedStage();
    Stage onSlow = rig.tokens.layer().around(slow);
    List<CompletableFuture<Reply>> calls =
        IntStream.range(0, 100)
            .mapToObj(i -> onSlow.send(REQUEST, rig.contextOf(REQUEST)))
            .toList();

    for (int i = 0; i < 50; i++) {
      slow.sent(i).future().complete(replies(401).to(REQUEST, rig.contextOf(REQUEST)));
    }
    rig.threads.runAll();
    rig.come("t2", HOUR);
    for (int i = 50; i < 100; i++) {
      slow.sent(i).future().complete(replies(401).to(REQUEST, rig.contextOf(REQUEST)));
    }
    rig.threads.runAll();

    assertThat(slow.count()).isEqualTo(200);
    for (int i = 100; i < 200; i++) {
      assertThat(slow.sent(i).request().header("Authorization")).contains("Bearer t2");
      slow.sent(i).future().complete(replies(200).to(REQUEST, rig.contextOf(REQUEST)));
    }
    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(rig.fetches).hasSize(2);
  }

  @Test
  void tokensThatAreRefusedAsSoonAsTheyAreRenewedAreFetchedOnceASecond() {
    rig.next.always(replies(401));
    var unused = rig.send();
    rig.come("t1", HOUR);
    rig.come("t2", HOUR);

    unused = rig.send();
    assertThat(rig.fetches).hasSize(2);
    rig.advance(SECOND);

    assertThat(rig.fetches).hasSize(3);
  }

  @Test
  void failedRenewalEndsTheRefusedCallWithItsError() {
    rig.next.then(replies(401));
    CallContext context = rig.contextOf(REQUEST);
    CompletableFuture<Reply> call = rig.stage.send(REQUEST, context);
    rig.threads.runAll();
    rig.come("t1", HOUR);

    rig.fail(new IllegalStateException());

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
              inner.add(own[0].send(REQUEST, rig.contextOf(REQUEST)));
              inner.add(own[0].send(login, rig.contextOf(login)));
              return inner.get(1).thenApply(reply -> new Token("t1", Instant.MAX));
            });
    own[0] = new BearerTokens(source, rig.platform, new OwnOrigin(null)).layer().around(rig.next);

    CompletableFuture<Reply> call = own[0].send(REQUEST, rig.contextOf(REQUEST));
    rig.threads.runAll();

    assertThat(failure(inner.get(0), TokenError.class))
        .hasMessageContaining("its TokenSource calls the client that waits for it");
    assertThat(inner.get(1)).isCompleted();
    assertThat(call).isCompleted();
  }
}
