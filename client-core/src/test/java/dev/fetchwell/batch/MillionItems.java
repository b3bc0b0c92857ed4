package dev.fetchwell.batch;

import dev.fetchwell.batch.Batch.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A program that runs a batch of a million items, each of which ends on a small pool with a result
 * of 1 KiB, and measures the heap after every hundred thousand.
 */
final class MillionItems {

  private static final int COUNT = 1_000_000;
  private static final int CONCURRENCY = 64;
  private static final int MEASURED_EVERY = 100_000;
  private static final long MIB = 1024 * 1024;
  private static final long MAX_USED = 48 * MIB;

  private final ExecutorService pool = Executors.newFixedThreadPool(4);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicLong mostUsed = new AtomicLong();

  private MillionItems() {}

  public static void main(String[] args) throws Exception {
    new MillionItems().run(args[0]);
  }

  private void run(String terminal) throws Exception {
    long start = System.nanoTime();
    Iterable<Integer> items = () -> IntStream.range(0, COUNT).iterator();
    Batch<Integer, byte[]> batch = Batch.of(items, this::call).concurrency(CONCURRENCY);
    long handled = terminal.equals("forEach") ? forEach(batch) : published(batch);
    pool.shutdown();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    require(handled == COUNT, "handled " + handled);
    require(mostRunning.get() <= CONCURRENCY, "running " + mostRunning);
    require(mostRunning.get() > CONCURRENCY / 2, "running at most " + mostRunning);
    require(mostUsed.get() <= MAX_USED, "used " + mostUsed.get() / MIB + " MiB");
    System.out.printf(
        "OK %s: %d items in %d ms, at most %d running, at most %d MiB used%n",
        terminal, handled, millis, mostRunning.get(), mostUsed.get() / MIB);
  }

  private long forEach(Batch<Integer, byte[]> batch) throws Exception {
    AtomicLong handled = new AtomicLong();
    BatchSummary summary =
        batch
            .forEach(
                (item, outcome) -> {
                  handled.incrementAndGet();
                  measure(item);
                })
            .get(180, TimeUnit.SECONDS);
    require(summary.succeeded() == handled.get(), "summary " + summary);
    return handled.get();
  }

  private long published(Batch<Integer, byte[]> batch) throws Exception {
    Counting subscriber = new Counting();
    batch.publisher().subscribe(subscriber);
    return subscriber.counted.get(180, TimeUnit.SECONDS);
  }

  private CompletableFuture<byte[]> call(Integer item) {
    mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
    CompletableFuture<byte[]> call = new CompletableFuture<>();
    pool.execute(
        () -> {
          running.decrementAndGet();
          call.complete(new byte[1024]);
        });
    return call;
  }

  private void measure(int item) {
    if (item % MEASURED_EVERY == 0) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      mostUsed.accumulateAndGet(runtime.totalMemory() - runtime.freeMemory(), Math::max);
    }
  }

  private static void require(boolean held, String had) {
    if (!held) {
      System.out.println("failed: " + had);
      System.exit(1);
    }
  }

  /** Asks in portions, each when the one before has come. */
  private final class Counting implements Flow.Subscriber<Result<Integer, byte[]>> {

    private static final int PORTION = 16;

    private final CompletableFuture<Long> counted = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;
    private long count;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(PORTION);
    }

    @Override
    public void onNext(Result<Integer, byte[]> result) {
      count++;
      measure(result.item());
      if (count % PORTION == 0 && subscription != null) {
        subscription.request(PORTION);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      counted.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
      counted.complete(count);
    }
  }
}
