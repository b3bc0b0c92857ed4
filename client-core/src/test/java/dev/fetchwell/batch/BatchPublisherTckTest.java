package dev.fetchwell.batch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;

/** The Reactive Streams rules, over calls half of which end at once. */
public final class BatchPublisherTckTest
    extends FlowPublisherVerification<Batch.Result<Long, Long>> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;

  public BatchPublisherTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  @Override
  public Flow.Publisher<Batch.Result<Long, Long>> createFlowPublisher(long elements) {
    Iterable<Long> items = () -> LongStream.range(0, elements).iterator();
    return Batch.of(items, BatchPublisherTckTest::call).concurrency(4).publisher();
  }

  /** None: a batch starts, and so fails, when it is first asked for something. */
  @Override
  public Flow.@Nullable Publisher<Batch.Result<Long, Long>> createFailedFlowPublisher() {
    return null;
  }

  private static CompletableFuture<Long> call(Long item) {
    return item % 2 == 0
        ? CompletableFuture.completedFuture(item)
        : CompletableFuture.supplyAsync(() -> item);
  }
}
