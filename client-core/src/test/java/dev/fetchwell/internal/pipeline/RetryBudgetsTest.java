package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.fails;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RetryBudgetsTest {

  private static final String HOST = "api.example.com";

  private final VirtualTimer timer = new VirtualTimer();
  private final RetryBudgets budgets = new RetryBudgets(timer);

  @Test
  void startsFullAndGivesNoMoreThanItsCapacity() {
    RetryBudget five = RetryBudget.of(0, 0, 5);

    assertThat(taken(five, HOST, 10)).isEqualTo(5);
  }

  @Test
  void eachHostHasABudgetOfItsOwn() {
    RetryBudget five = RetryBudget.of(0, 0, 5);
    assertThat(taken(five, HOST, 10)).isEqualTo(5);

    assertThat(taken(five, "other.example.com", 10)).isEqualTo(5);
    assertThat(taken(five, "api.example.com:8443", 10)).isEqualTo(5);
  }

  @Test
  void timeRefillsIt() {
    RetryBudget budget = RetryBudget.of(0, 2, 10);
    assertThat(taken(budget, HOST, 20)).isEqualTo(10);

    timer.advance(Duration.ofSeconds(3));
    assertThat(taken(budget, HOST, 20)).isEqualTo(6);
    timer.advance(Duration.ofHours(1));
    assertThat(taken(budget, HOST, 20)).isEqualTo(10);
  }

  @Test
  void successRefillsItUpToItsCapacity() {
    RetryBudget budget = RetryBudget.of(0.2, 0, 3);
    assertThat(taken(budget, HOST, 3)).isEqualTo(3);

    for (int i = 0; i < 5; i++) {
      budgets.succeeded(budget, HOST);
    }
    assertThat(taken(budget, HOST, 2)).isEqualTo(1);
    for (int i = 0; i < 1_000; i++) {
      budgets.succeeded(budget, HOST);
    }
    assertThat(taken(budget, HOST, 10)).isEqualTo(3);
  }

  @Test
  void unlimitedIsNeverEmpty() {
    assertThat(taken(RetryBudget.unlimited(), HOST, 10_000)).isEqualTo(10_000);
  }

  @Test
  void crawlerOfManyHostsKeepsTheEmptyBudgets() {
    RetryBudget budget = RetryBudget.of(0, 0.001, 1);
    assertThat(taken(budget, HOST, 2)).isEqualTo(1);
    for (int i = 0; i < 5_000; i++) {
      assertThat(budgets.take(budget, "host-" + i)).isTrue();
    }

    assertThat(budgets.take(budget, HOST)).isFalse();
  }

  @Test
  void hostThatAnswers503ToEverythingGetsAtMostAFifthMoreRequests() {
    ScriptedStage server = new ScriptedStage().always(fails(503));
    RetryStage stage = new RetryStage(server, RetryRegistry.ofDefaults(), timer, new Random(7));
    FetchRequest request = request("GET");
    int calls = 2_000;
    List<CompletableFuture<Reply>> running = new ArrayList<>();

    for (int i = 0; i < calls; i++) {
      running.add(stage.send(request, context(request, settings(RetryPolicy.standard()), timer)));
      timer.advance(Duration.ofMillis(5));
    }
    timer.advance(Duration.ofSeconds(30));

    assertThat(running).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(server.count()).isGreaterThan(calls).isLessThanOrEqualTo(calls * 12 / 10);
  }

  private int taken(RetryBudget budget, String host, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; i++) {
      taken += budgets.take(budget, host) ? 1 : 0;
    }
    return taken;
  }
}
