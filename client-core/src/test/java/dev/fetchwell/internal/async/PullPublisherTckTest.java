package dev.fetchwell.internal.async;

import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/** The Reactive Streams rules. */
public final class PullPublisherTckTest extends FlowPublisherVerification<Long> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;

  public PullPublisherTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  @Override
  public Flow.Publisher<Long> createFlowPublisher(long elements) {
    return new PullPublisher<>(
        () -> new Counting(elements), Function.identity(), CallThreads.shared());
  }

  @Override
  public Flow.Publisher<Long> createFailedFlowPublisher() {
    return new PullPublisher<>(
        () -> {
          throw new IllegalStateException("taken before");
        },
        Function.identity(),
        CallThreads.shared());
  }

  private static final class Counting implements Pull<Long> {

    private final long count;
    private long next;

    private Counting(long count) {
      this.count = count;
    }

    @Override
    public @Nullable Long next() {
      return next == count ? null : next++;
    }

    @Override
    public void cancel() {}
  }
}
