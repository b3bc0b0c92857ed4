package dev.fetchwell.batch;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A job that has its place: it waits for a worker, runs, or waits to run again. Its future ends
 * once, and so does the job, in one of the ways of {@link End}: whoever sets that first tells the
 * queue, exactly once, when all that belongs to that end is over.
 */
final class QueuedJob<J> extends CallerFuture<@Nullable Object> {

  /** How a job ended. */
  enum End {
    DONE,
    DEAD,
    CANCELLED,
    /** Handed back by a shutdown. */
    LEFT,
    /** Never was accepted: the queue was closed, or the submission cancelled, at that moment. */
    WITHDRAWN
  }

  private final WorkQueue<J> queue;
  private final J job;
  private final long number;
  private final AsyncBulkhead.Permit place;
  private final long acceptedAt;
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();

  /** Written by the thread that runs the job, one after another. */
  private volatile int runs;

  QueuedJob(WorkQueue<J> queue, J job, long number, AsyncBulkhead.Permit place) {
    this.queue = queue;
    this.job = job;
    this.number = number;
    this.place = place;
    this.acceptedAt = queue.platform().timer().nanoTime();
  }

  J job() {
    return job;
  }

  long number() {
    return number;
  }

  int runs() {
    return runs;
  }

  /** Waits for a worker, in line. */
  void enqueue() {
    AsyncBulkhead.Place worker = queue.workers().acquire();
    if (worker instanceof AsyncBulkhead.Permit free) {
      Run run = new Run(free);
      follow(run, this::succeeded, this::failed);
      queue.platform().execute(run::begin);
    } else if (worker instanceof AsyncBulkhead.Waiter waiter) {
      follow(waiter, this::run, this::failed);
    }
  }

  private void run(AsyncBulkhead.Permit worker) {
    Run run = new Run(worker);
    follow(run, this::succeeded, this::failed);
    run.begin();
  }

  @SuppressWarnings("NullAway") // It does not look into the type argument.
  private void succeeded(@Nullable Object value) {
    if (end.compareAndSet(null, End.DONE)) {
      try {
        complete(value);
      } finally {
        queue.ended(this, End.DONE);
      }
    }
  }

  private void failed(Throwable thrown) {
    if (isEnding()) {
      return;
    }
    FetchError error = UnexpectedError.wrap(thrown);
    Duration delay;
    try {
      delay = delayBeforeNext(error);
    } catch (Throwable fromPolicy) {
      dead(UnexpectedError.wrap(fromPolicy));
      return;
    }
    if (delay.isNegative()) {
      dead(error);
    } else {
      after(queue.platform().delay(delay), this::enqueue);
    }
  }

  private void dead(FetchError error) {
    if (end.compareAndSet(null, End.DEAD)) {
      try {
        boolean heard = getNumberOfDependents() > 0;
        completeExceptionally(error);
        queue.deadLetter(job, error, heard);
      } finally {
        queue.ended(this, End.DEAD);
      }
    }
  }

  /** Negative if it does not run again. */
  private Duration delayBeforeNext(FetchError error) {
    RetryPolicy policy = queue.retry();
    Duration never = Duration.ofNanos(-1);
    // What is not of this library says nothing about itself: only a condition can tell it apart.
    boolean unknown = error instanceof UnexpectedError && !policy.hasCondition();
    if (runs >= policy.maxAttempts() || !(unknown || policy.retries(error))) {
      return never;
    }
    Duration backoff = policy.backoff().delay(Math.max(1, runs), queue.platform().random());
    Duration asked =
        error instanceof HttpStatusError failed && !policy.retryAfterCap().isZero()
            ? failed.retryAfter().orElse(Duration.ZERO)
            : Duration.ZERO;
    if (asked.compareTo(policy.retryAfterCap()) > 0) {
      return never;
    }
    return asked.compareTo(backoff) > 0 ? asked : backoff;
  }

  /** Ends it from outside, unless it has ended. */
  void end(End how) {
    if (end.compareAndSet(null, how)) {
      try {
        cancel(false);
      } finally {
        queue.ended(this, how);
      }
    }
  }

  @Override
  protected void givenUp() {
    place.release();
    if (end.compareAndSet(null, End.CANCELLED)) {
      queue.ended(this, End.CANCELLED);
    }
  }

  /** One run of the job by a worker, whose place is given back however the run ends. */
  private final class Run extends CallFuture<@Nullable Object> {

    private final AsyncBulkhead.Permit worker;

    private Run(AsyncBulkhead.Permit worker) {
      this.worker = worker;
      queue.counts().running(1);
    }

    private void begin() {
      // Those before this are cancelled, and so their workers come free: it is next, and not to
      // run.
      if (isEnding() || queue.leaving) {
        return;
      }
      int number = runs + 1;
      runs = number;
      if (number == 1) {
        queue.counts().firstRun(queue.platform().timer().nanoTime() - acceptedAt);
      } else {
        queue.counts().retry();
      }
      Duration limit = queue.jobTimeout();
      if (limit != null) {
        queue.platform().limit(this, limit, () -> timedOut(number, limit));
      }
      try {
        CompletionStage<?> stage = queue.function().apply(job);
        if (stage == null) {
          throw new NullPointerException("the function of the work queue returned null");
        }
        follow(stage.toCompletableFuture());
      } catch (Throwable thrown) {
        completeExceptionally(thrown);
      }
    }

    private FetchTimeoutError timedOut(int number, Duration limit) {
      CallFacts facts = new CallFacts("", "", number, limit, true);
      return new FetchTimeoutError(FetchTimeoutError.Phase.ATTEMPT, limit, facts, null);
    }

    @Override
    protected void givenUp() {
      queue.counts().running(-1);
      worker.release();
    }
  }
}
