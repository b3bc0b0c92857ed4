package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.ManualExecutor;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    Subscriber subscriber = subscribe(executor, value -> {});
    executor.runAll();
    assertThat(pull.pulled()).isZero();
    pull.give("a", "b", "c");
    subscriber.subscription().request(2);
    executor.runAll();
    assertThat(subscriber.signals).containsExactly("a", "b");
    assertThat(pull.pulled()).isEqualTo(2);
  }

  @Test
  void cancelledSubscriptionPullsNoMore() {
    Subscriber subscriber = subscribe(executor, value -> {});
    subscriber.subscription().request(5);
    subscriber.subscription().cancel();
    executor.runAll();
    assertThat(pull.pulled()).isZero();
    assertThat(pull.isCancelled()).isTrue();
    assertThat(subscriber.signals).isEmpty();
  }

  @Test
  void subscriberThatThrowsAnErrorCountsAsCancelled() {
    Subscriber subscriber =
        subscribe(
            executor,
            value -> {
              throw new AssertionError("a bug in the subscriber");
            });
    pull.give("a", "b");
    subscriber.subscription().request(2);
    executor.runAll();
    assertThat(pull.isCancelled()).isTrue();
    assertThat(pull.pulled()).isEqualTo(1);
    assertThat(subscriber.signals).containsExactly("a");
  }

  @Test
  void subscriberThatThrowsWhenItSubscribesHoldsNothingAndHitsNobody() {
    Subscriber subscriber = new Subscriber(value -> {}, new IllegalStateException("odd"));
    publisher(executor).subscribe(subscriber);
    assertThat(pull.isCancelled()).isTrue();
    assertThat(subscriber.signals).isEmpty();
  }

  @Test
  void illegalDemandIsToldWhileAPullBlocks() throws Exception {
    Subscriber subscriber = subscribe(CallThreads.shared(), value -> {});
    subscriber.subscription().request(1);
    pull.give("a");
    assertThat(subscriber.signals.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
    subscriber.subscription().request(1);
    subscriber.subscription().request(-1);
    assertThat(subscriber.signals.poll(20, TimeUnit.SECONDS))
        .isEqualTo("error java.lang.IllegalArgumentException: request: -1 (expected: >= 1)");
    assertThat(pull.isCancelled()).isTrue();
  }

  static Stream<Throwable> throwables() {
    return Stream.of(new IOException("checked"), new AssertionError("error"));
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void whateverAPullThrowsIsTold(Throwable thrown) {
    Subscriber subscriber = subscribe(executor, value -> {});
    pull.give(thrown);
    subscriber.subscription().request(1);
    executor.runAll();
    assertThat(subscriber.signals)
        .containsExactly("error java.util.concurrent.CompletionException: " + thrown);
  }

  private PullPublisher<String> publisher(Executor on) {
    return new PullPublisher<>(() -> pull, CompletionException::new, on);
  }

  private Subscriber subscribe(Executor on, Consumer<String> onNext) {
    Subscriber subscriber = new Subscriber(onNext, null);
    publisher(on).subscribe(subscriber);
    return subscriber;
  }

  private static final class Subscriber implements Flow.Subscriber<String> {

    private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final LinkedBlockingQueue<String> signals = new LinkedBlockingQueue<>();
    private final Consumer<String> onNext;
    private final @Nullable RuntimeException refusal;

    private Subscriber(Consumer<String> onNext, @Nullable RuntimeException refusal) {
      this.onNext = onNext;
      this.refusal = refusal;
    }

    private Flow.Subscription subscription() {
      return subscription.join();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      if (refusal != null) {
        throw refusal;
      }
      subscription.complete(given);
    }

    @Override
    public void onNext(String value) {
      signals.add(value);
      onNext.accept(value);
    }

    @Override
    public void onError(Throwable thrown) {
      signals.add("error " + thrown);
    }

    @Override
    public void onComplete() {
      signals.add("end");
    }
  }
}
