package dev.fetchwell.internal.pipeline.time;

import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.async.PullPublisher;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.testkit.Ended;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.VirtualTimer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A body on its way to a subscriber, as a streamed response wires it. */
class IdleLimitedBodyTest {

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor executor = new ManualExecutor();
  private final CallContext context = context(request("GET"), options(), timer);
  private final RecordedSignals<ByteBuffer> subscriber = new RecordedSignals<>(0);

  @Test
  void nothingIsReadWithoutDemand() {
    TestBody body = new TestBody("one", "two");
    publisher(body).subscribe(subscriber);
    executor.runAll();

    assertThat(body.reads()).isZero();
    assertThat(subscriber.signals()).isEmpty();
  }

  @Test
  void oneChunkIsReadForEachRequest() {
    TestBody body = new TestBody("one", "two", "three");
    publisher(body).subscribe(subscriber);

    subscriber.request(2);
    executor.runAll();

    assertThat(body.reads()).isEqualTo(2);
    assertThat(subscriber.signals()).containsExactly("one", "two");
  }

  @Test
  void bodyIsReadToItsEnd() {
    publisher(new TestBody("one", "two")).subscribe(subscriber);

    subscriber.request(Long.MAX_VALUE);
    subscriber.request(Long.MAX_VALUE);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one", "two", "complete");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void emptyBodyCompletesAtTheFirstRequest() {
    publisher(new TestBody()).subscribe(subscriber);

    subscriber.request(1);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("complete");
  }

  @Test
  void demandRaisedWithinOnNextIsServedByTheSameTask() {
    publisher(new TestBody("one", "two")).subscribe(subscriber);
    subscriber.atEach(() -> subscriber.request(1));

    subscriber.request(1);
    executor.runNext();

    assertThat(subscriber.signals()).containsExactly("one", "two", "complete");
    assertThat(executor.pending()).isZero();
  }

  @Test
  void cancelEndsTheBodyAndTheSignals() {
    TestBody body = new TestBody("one", "two");
    publisher(body).subscribe(subscriber);
    subscriber.atEach(() -> subscriber.cancel());

    subscriber.request(10);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one");
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void secondSubscriberIsRefused() {
    PullPublisher<ByteBuffer> publisher = publisher(new TestBody("one"));
    publisher.subscribe(subscriber);
    RecordedSignals<ByteBuffer> second = new RecordedSignals<>(0);

    publisher.subscribe(second);
    second.request(1);

    assertThat(second.signals()).containsExactly("error IllegalStateException");
    subscriber.request(1);
    executor.runAll();
    assertThat(subscriber.signals()).containsExactly("one");
  }

  @Test
  @SuppressWarnings("NullAway") // It is what is tested.
  void nullSubscriberThrows() {
    assertThatThrownBy(() -> publisher(new TestBody()).subscribe(null))
        .isInstanceOf(NullPointerException.class);
  }

  @Test
  void requestOfNothingIsAnError() {
    TestBody body = new TestBody("one");
    publisher(body).subscribe(subscriber);

    subscriber.request(0);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("error IllegalArgumentException");
    assertThat(Ended.error(subscriber.ended())).hasMessageContaining("request: 0 (expected: >= 1)");
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void errorOfTheBodyIsTheSubscribers() {
    TestBody body =
        new TestBody("one")
            .then(
                () -> {
                  throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
                });
    publisher(body).subscribe(subscriber);

    subscriber.request(10);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one", "error ConnectionError");
    assertThat(timer.pending()).isZero();
  }

  @Test
  void silenceEndsTheBodyWithAnIdleTimeout() {
    TestBody body = new TestBody("one");
    body.then(
        () -> {
          timer.advance(Duration.ofSeconds(30));
          assertThat(body.cancelled()).isTrue();
          throw new ConnectionError(ConnectionError.Kind.RESET, "", context.facts(), null);
        });
    publisher(body).subscribe(subscriber);

    subscriber.request(10);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one", "error FetchTimeoutError");
    assertThat(((FetchTimeoutError) Ended.error(subscriber.ended())).phase())
        .isEqualTo(FetchTimeoutError.Phase.IDLE);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void slowSubscriberIsNoSilence() {
    TestBody body = new TestBody("one", "two");
    publisher(body).subscribe(subscriber);
    subscriber.request(1);
    executor.runAll();

    timer.advance(Duration.ofHours(1));
    subscriber.request(2);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one", "two", "complete");
  }

  @Test
  void subscriberThatThrowsGetsNoFurtherSignalAndTheBodyIsGivenUp() {
    TestBody body = new TestBody("one", "two");
    publisher(body).subscribe(subscriber);
    subscriber.atEach(
        () -> {
          throw new IllegalStateException("expected in the log of this test");
        });

    subscriber.request(10);
    executor.runAll();

    assertThat(subscriber.signals()).containsExactly("one");
    assertThat(body.cancelled()).isTrue();
  }

  @Test
  void demandWithinOnSubscribeIsServedOnlyAfterIt() {
    RecordedSignals<ByteBuffer> eager = new RecordedSignals<>(0);
    eager.atSubscription(() -> eager.request(5));

    publisher(new TestBody("one")).subscribe(eager);
    executor.runAll();

    assertThat(eager.signals()).containsExactly("one", "complete");
  }

  @Test
  void executorThatRejectsIsTheSubscribersError() {
    TestBody body = new TestBody("one");
    publisher(body).subscribe(subscriber);
    executor.reject(true);

    subscriber.request(1);

    assertThat(subscriber.signals()).containsExactly("error RejectedExecutionException");
    assertThat(body.cancelled()).isTrue();
  }

  private PullPublisher<ByteBuffer> publisher(TestBody body) {
    OpenBody limited = new IdleLimitedBody(body, context);
    AtomicBoolean taken = new AtomicBoolean();
    return new PullPublisher<>(
        () -> {
          if (taken.getAndSet(true)) {
            throw new IllegalStateException("the body was taken before");
          }
          return new Chunks(limited);
        },
        Function.identity(),
        executor);
  }

  private record Chunks(OpenBody body) implements Pull<ByteBuffer> {

    @Override
    public @Nullable ByteBuffer next() {
      byte[] chunk = new byte[100];
      int count = body.read(chunk);
      return count < 0 ? null : ByteBuffer.wrap(chunk, 0, count);
    }

    @Override
    public void cancel() {
      body.cancel();
    }
  }
}
