package dev.fetchwell.internal.pipeline.prepare;

import static dev.fetchwell.internal.pipeline.prepare.TokensRig.HOUR;
import static dev.fetchwell.internal.pipeline.prepare.TokensRig.REQUEST;
import static dev.fetchwell.testkit.TestCalls.request;
import static dev.fetchwell.testkit.TestCalls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fetches tokens, renews them and shares them among calls. */
class BearerTokensTest {

  private final TokensRig rig = new TokensRig();

  @Test
  void clientWithoutASourceHasNoStageForIt() {
    BearerTokens none = new BearerTokens(null, rig.platform, new OwnOrigin(null));

    assertThat(none.layer().around(rig.next)).isSameAs(rig.next);
    none.close();
  }

  @Test
  void thousandCallsShareOneFetch() {
    List<CompletableFuture<Reply>> calls =
        IntStream.range(0, 1000).mapToObj(i -> rig.send()).toList();
    assertThat(rig.fetches).hasSize(1);
    assertThat(rig.next.count()).isZero();

    rig.come("t1", HOUR);
    calls.forEach(call -> assertThat(call).isCompleted());
    assertThat(rig.send()).isCompleted();

    assertThat(rig.fetches).hasSize(1);
    assertThat(rig.next.count()).isEqualTo(1001);
    assertThat(rig.next.last().request().headers())
        .containsExactly(new Header("Authorization", "Bearer t1", true));
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void callThatComesAsTheFetchEndsStartsNoOther() {
    var first = rig.send();
    rig.fetches.get(0).complete(new Token("t1", Instant.MAX));
    var second = rig.stage.send(REQUEST, rig.contextOf(REQUEST));
    rig.threads.runAll();

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(rig.fetches).hasSize(1);
  }

  @Test
  void requestsOfOtherOriginsAndWithAnAuthorizationOfTheirOwnGetNone() {
    BearerTokens based =
        new BearerTokens(
            TokenSource.of(rig::fetch),
            rig.platform,
            new OwnOrigin(URI.create("https://api.example.com")));
    Stage ofBase = based.layer().around(rig.next);
    FetchRequest foreign = to("https://example.com/", "GET");
    FetchRequest own = request("GET", new Header("authorization", "Basic x", true));

    for (FetchRequest each : List.of(foreign, own)) {
      assertThat(ofBase.send(each, rig.contextOf(each))).isCompleted();
    }
    var away = REQUEST.redirectedTo(URI.create("https://evil.example.com"), false);
    assertThat(rig.send(away)).isCompleted();
    assertThat(rig.send(away.redirectedTo(REQUEST.url(), false))).isCompleted();

    assertThat(rig.fetches).isEmpty();
    assertThat(rig.next.sent(0).request()).isSameAs(foreign);
    assertThat(rig.next.sent(1).request()).isSameAs(own);
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
    var unused = rig.send();
    rig.come("t1", life);

    rig.advance(renewal.minusMillis(1));
    assertThat(rig.send()).isCompleted();
    assertThat(rig.fetches).hasSize(1);

    rig.advance(Duration.ofMillis(1));
    assertThat(rig.send()).isCompleted();
    assertThat(rig.send()).isCompleted();
    assertThat(rig.fetches).hasSize(2);
    assertThat(rig.sentLast()).isEqualTo("Bearer t1");

    rig.come("t2", life);
    assertThat(rig.send()).isCompleted();
    assertThat(rig.sentLast()).isEqualTo("Bearer t2");
  }

  @Test
  void expiredTokenIsNotSent() {
    var unused = rig.send();
    rig.come("t1", HOUR);
    rig.advance(HOUR);

    CompletableFuture<Reply> waits = rig.send();

    assertThat(waits).isNotDone();
    rig.come("t2", HOUR);
    assertThat(waits).isCompleted();
    assertThat(rig.sentLast()).isEqualTo("Bearer t2");
  }

  @Test
  void tokenThatHadExpiredWhenItCameServesThoseThatWaitedForIt() {
    CompletableFuture<Reply> waits = rig.send();
    rig.come("t1", Duration.ofSeconds(-1));
    assertThat(waits).isCompleted();

    CompletableFuture<Reply> another = rig.send();

    assertThat(another).isNotDone();
    assertThat(rig.fetches).hasSize(2);
  }

  @Test
  void tokensForEverAndForLongAgoAreNoProblem() {
    CompletableFuture<Reply> waits = rig.send();
    rig.fetches.get(0).complete(new Token("t1", Instant.MIN));
    rig.threads.runAll();
    assertThat(waits).isCompleted();
    waits = rig.send();
    rig.fetches.get(1).complete(new Token("t2", Instant.MAX));
    rig.threads.runAll();

    rig.advance(Duration.ofDays(36_500));
    assertThat(waits).isCompleted();
    assertThat(rig.send()).isCompleted();
    assertThat(rig.fetches).hasSize(2);
  }

  @Test
  void callerThatCancelsLeavesTheFetchToTheOthers() {
    CompletableFuture<Reply> first = rig.send();
    CompletableFuture<Reply> second = rig.send();

    first.cancel(false);
    assertThat(rig.fetches.get(0)).isNotDone();
    rig.come("t1", HOUR);

    assertThat(second).isCompleted();
    assertThat(rig.next.count()).isEqualTo(1);
  }

  @Test
  void fetchThatNobodyWaitsForIsCancelled() {
    rig.send().cancel(false);
    rig.threads.runAll();
    assertThat(rig.fetches.get(0)).isCancelled();

    CompletableFuture<Reply> call = rig.send();
    rig.come("t1", HOUR);

    assertThat(call).isCompleted();
    assertThat(rig.fetches).hasSize(2);
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void backgroundFetchIsCancelledByCloseOnly() {
    var unused = rig.send();
    rig.come("t1", Duration.ofSeconds(10));
    rig.advance(Duration.ofSeconds(6));
    unused = rig.send();
    rig.advance(Duration.ofSeconds(4));
    rig.send().cancel(false);
    assertThat(rig.fetches.get(1)).isNotDone();

    rig.tokens.close();
    rig.threads.runAll();

    assertThat(rig.fetches.get(1)).isCancelled();
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void tokenIsNotShown() {
    assertThat(new Token("hidden", Instant.EPOCH).toString()).doesNotContain("hidden");
    assertThat(TokenSource.of(rig::fetch).toString()).doesNotContain("hidden");
  }
}
