package dev.fetchwell.internal.pipeline.retry;

import static dev.fetchwell.testkit.Answers.fails;
import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Outermost;
import dev.fetchwell.testkit.ScriptedStage;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(doubles = {0, 1e-9})
  void budgetsThatAreNeverFullAgainAreForgottenBeyondTheMost(double perSecond) {
    RetryBudget budget = RetryBudget.of(0, perSecond, 1);
    for (int i = 0; i < 3 * RetryBudgets.MOST; i++) {
      assertThat(budgets.take(budget, "host-" + i)).isTrue();
      timer.advance(Duration.ofNanos(1));
      assertThat(budgets.remembered()).isLessThanOrEqualTo(RetryBudgets.MOST + 1);
    }
  }

  @Test
  void budgetsThatWereUsedLongestAgoAreForgottenFirst() {
    RetryBudget budget = RetryBudget.of(0, 0, 1);
    assertThat(budgets.take(budget, HOST)).isTrue();
    int last = 2 * RetryBudgets.MOST;
    for (int i = 0; i <= last; i++) {
      assertThat(budgets.take(budget, "host-" + i)).isTrue();
      assertThat(budgets.take(budget, HOST)).isFalse();
      timer.advance(Duration.ofNanos(1));
    }

    for (int i = last - RetryBudgets.REMEMBERED; i <= last; i++) {
      assertThat(budgets.take(budget, "host-" + i)).isFalse();
    }
    assertThat(budgets.take(budget, "host-0")).isTrue();
  }

  @Test
  void fullBudgetsAreForgottenFirst() {
    RetryBudget quick = RetryBudget.of(0, 1_000, 1);
    RetryBudget never = RetryBudget.of(0, 0, 1);
    assertThat(budgets.take(never, HOST)).isTrue();
    for (int i = 0; i < 3 * RetryBudgets.REMEMBERED; i++) {
      assertThat(budgets.take(quick, "host-" + i)).isTrue();
      timer.advance(Duration.ofMillis(1));
    }

    assertThat(budgets.remembered()).isLessThanOrEqualTo(RetryBudgets.REMEMBERED + 1);
    assertThat(budgets.take(never, HOST)).isFalse();
  }

  @Test
  void hostThatAnswers503ToEverythingGetsAtMostAFifthMoreRequests() {
    ScriptedStage server = new ScriptedStage().always(fails(503));
    Stage stage =
        Outermost.around(
            Retries.layer(RetryRegistry.ofDefaults(), VirtualPlatform.of(timer)).around(server));
    FetchRequest request = request("GET");
    int calls = 2_000;
    List<CompletableFuture<Reply>> running = new ArrayList<>();

    for (int i = 0; i < calls; i++) {
      running.add(stage.send(request, context(request, options(RetryPolicy.standard()), timer)));
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
