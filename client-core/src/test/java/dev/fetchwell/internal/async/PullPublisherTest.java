package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.Ended;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.RecordedSignals;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class PullPublisherTest {

  private final TestPull pull = new TestPull();
  private final ManualExecutor executor = new ManualExecutor();

  @Test
  void nothingIsPulledBeyondDemand() {
    RecordedSignals<String> subscriber = subscribe(executor);
    executor.runAll();
    assertThat(pull.pulled()).isZero();
    pull.give("a", "b", "c");
    subscriber.request(2);
    executor.runAll();
    assertThat(subscriber.signals()).containsExactly("a", "b");
    assertThat(pull.pulled()).isEqualTo(2);
  }

  @Test
  void cancelledSubscriptionPullsNoMore() {
    RecordedSignals<String> subscriber = subscribe(executor);
    subscriber.request(5);
    subscriber.cancel();
    executor.runAll();
    assertThat(pull.pulled()).isZero();
    assertThat(pull.isCancelled()).isTrue();
    assertThat(subscriber.signals()).isEmpty();
  }

  @Test
  void subscriberThatThrowsAnErrorCountsAsCancelled() {
    RecordedSignals<String> subscriber = subscribe(executor);
    subscriber.atEach(
        () -> {
          throw new AssertionError("a bug in the subscriber");
        });
    pull.give("a", "b");
    subscriber.request(2);
    executor.runAll();
    assertThat(pull.isCancelled()).isTrue();
    assertThat(pull.pulled()).isEqualTo(1);
    assertThat(subscriber.signals()).containsExactly("a");
  }

  @Test
  void subscriberThatThrowsWhenItSubscribesHoldsNothingAndHitsNobody() {
    RecordedSignals<String> subscriber = new RecordedSignals<>(0);
    subscriber.atSubscription(
        () -> {
          throw new IllegalStateException("odd");
        });
    publisher(executor).subscribe(subscriber);
    assertThat(pull.isCancelled()).isTrue();
    assertThat(subscriber.signals()).isEmpty();
  }

  @Test
  void illegalDemandIsToldWhileAPullBlocks() throws Exception {
    RecordedSignals<String> subscriber = subscribe(CallThreads.shared());
    subscriber.request(1);
    pull.give("a");
    assertThat(subscriber.awaitItems(1)).containsExactly("a");
    subscriber.request(1);
    subscriber.request(-1);
    assertThat(subscriber.awaitError())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("request: -1 (expected: >= 1)");
    assertThat(subscriber.signals()).containsExactly("a", "error IllegalArgumentException");
    assertThat(pull.isCancelled()).isTrue();
  }

  static Stream<Throwable> throwables() {
    return Stream.of(new IOException("checked"), new AssertionError("error"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void whateverAPullThrowsIsTold(Throwable thrown) {
    RecordedSignals<String> subscriber = subscribe(executor);
    pull.give(thrown);
    subscriber.request(1);
    executor.runAll();
    assertThat(subscriber.signals()).containsExactly("error CompletionException");
    assertThat(Ended.error(subscriber.ended())).hasCause(thrown);
  }

  private PullPublisher<String> publisher(Executor on) {
    return new PullPublisher<>(() -> pull, CompletionException::new, on);
  }

  private RecordedSignals<String> subscribe(Executor on) {
    return RecordedSignals.on(publisher(on), 0);
  }
}
