package dev.fetchwell.batch;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.QueueClosedError;
import dev.fetchwell.internal.async.AsyncBulkhead;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.QueueLimit;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that a bounded number of workers does in the background, from a queue that is bounded too:
 * whoever submits faster than they work waits for a place. Thread-safe.
 *
 * <pre>{@code
 * WorkQueue<Order> queue =
 *     WorkQueue.of((Order order) -> client.post("/orders").json(order).idempotencyKey(order.id()).asVoid())
 *         .workers(8)
 *         .retry(RetryPolicy.standard())
 *         .deadLetter((order, error) -> log(order, error))
 *         .open();
 * queue.submit(order).join();               // has its place; the job's own future is in what it answers
 * queue.shutdown(Duration.ofSeconds(30));   // finishes what was accepted
 * }</pre>
 *
 * <p>An accepted job ends in exactly one way: it is done, it is dead-lettered after its last
 * failure, its future is cancelled, or a shutdown hands it back. It keeps its place until then,
 * also while it waits to run again; a worker it has only while it runs. Jobs start in the order in
 * which they got their places; one that runs again goes to the end of the line.
 *
 * <p>The function is called on a thread of the library's and may block it: that keeps the worker,
 * and a platform thread before JDK 24. The queue lives in memory: what is in it is lost with the
 * process.
 *
 * @param <J> the jobs' type
 */
public final class WorkQueue<J> implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");
  private static final CallFacts NO_CALL = new CallFacts("", "", 0, Duration.ZERO, false);

  private final Builder<J> settings;
  private final Platform platform;
  private final AsyncBulkhead places;
  private final AsyncBulkhead workers;

  /** Who waits for a place. */
  private final Set<CallFuture<Accepted<J>>> submitting = ConcurrentHashMap.newKeySet();

  private final Set<QueuedJob<J>> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();
  private final Queue<QueuedJob<J>> left = new ConcurrentLinkedQueue<>();
  private final EndActions drained = new EndActions();

  /** Set once; whoever opens a job looks at it afterwards. */
  private volatile boolean closed;

  /** Set once the grace is over; no job begins from then on. */
  volatile boolean leaving;

  private final WorkQueueCounts counts = new WorkQueueCounts();

  private WorkQueue(Builder<J> settings) {
    this.settings = new Builder<>(settings);
    this.platform = settings.platform;
    this.places = bulkhead(settings.capacity);
    this.workers = bulkhead(settings.workers);
  }

  private AsyncBulkhead bulkhead(int permits) {
    return new AsyncBulkhead(permits, new QueueLimit(Integer.MAX_VALUE), platform::execute);
  }

  /**
   * A queue that does each job by a function, such as one that sends a request. Cancelling a job
   * cancels the future that the function gave. What it throws, or that it returns null, is the
   * job's failure.
   */
  public static <J> Builder<J> of(Function<? super J, ? extends CompletionStage<?>> function) {
    return new Builder<>(Objects.requireNonNull(function, "function"));
  }

  /**
   * A job that has its place.
   *
   * @param job the job
   * @param result how it ends: with the value that the function's future gave, or with the error of
   *     its last run. Cancelling it ends the job wherever it is, and no dead letter is told
   * @param <J> the jobs' type
   */
  public record Accepted<J>(J job, CompletableFuture<@Nullable Object> result) {}

  /**
   * A job that a shutdown hands back.
   *
   * @param job the job
   * @param runs how often it was begun; unless 0, it may have had an effect
   * @param <J> the jobs' type
   */
  public record Unfinished<J>(J job, int runs) {}

  /**
   * Puts a job into the queue, in line with others that wait for a place. Whoever waits for what
   * this returns before the next submission is held back while the queue is full; a submission that
   * waits costs memory, so do wait.
   *
   * @return completes when the job has its place, at once if one is free. Cancelling it gives the
   *     job up, also if that gets its place at this moment. It fails with a {@link
   *     QueueClosedError} if the queue is closed before that
   */
  public CompletableFuture<Accepted<J>> submit(J job) {
    Objects.requireNonNull(job, "job");
    Submission submission = new Submission();
    submitting.add(submission);
    if (closed) {
      submission.completeExceptionally(new QueueClosedError(NO_CALL));
      return submission;
    }
    AsyncBulkhead.Place place = places.acquire();
    if (place instanceof AsyncBulkhead.Permit free) {
      accept(submission, job, free);
    } else if (place instanceof AsyncBulkhead.Waiter waiter) {
      submission.follow(
          waiter, permit -> accept(submission, job, permit), submission::completeExceptionally);
    }
    return submission;
  }

  /** Puts a job into the queue if there is a place at once; empty if not, or if it is closed. */
  public Optional<Accepted<J>> offer(J job) {
    Objects.requireNonNull(job, "job");
    AsyncBulkhead.Place place = places.acquire();
    if (place instanceof AsyncBulkhead.Permit free) {
      return Optional.ofNullable(open(job, free)).map(opened -> new Accepted<>(job, opened));
    }
    if (place instanceof AsyncBulkhead.Waiter waiter) {
      waiter.cancel(false);
    }
    return Optional.empty();
  }

  private final class Submission extends CallerFuture<Accepted<J>> {

    @Override
    protected void givenUp() {
      submitting.remove(this);
    }
  }

  private void accept(Submission submission, J job, AsyncBulkhead.Permit place) {
    if (submission.isEnding()) {
      place.release();
      return;
    }
    QueuedJob<J> opened = open(job, place);
    if (opened == null) {
      submission.completeExceptionally(new QueueClosedError(NO_CALL));
    } else if (!submission.complete(new Accepted<>(job, opened))) {
      opened.cancel(false);
    }
  }

  /** Null if the queue is closed. */
  private @Nullable QueuedJob<J> open(J job, AsyncBulkhead.Permit place) {
    QueuedJob<J> opened = new QueuedJob<>(this, job, numbers.incrementAndGet(), place);
    open.add(opened);
    if (closed) {
      opened.end(QueuedJob.End.WITHDRAWN);
      return null;
    }
    opened.enqueue();
    return opened;
  }

  /** What the queue has at this moment, and what became of all that it had. */
  public WorkQueueStats stats() {
    return counts.stats(submitting.size(), open.size());
  }

  /**
   * Takes no further jobs, finishes those that were accepted, retries included, and hands back what
   * has not ended after the grace: that is cancelled, first to last, and no further one begins.
   * Submissions that wait for a place fail with a {@link QueueClosedError}. Called again, it may
   * shorten the grace.
   *
   * @param grace zero: at once
   * @return completes when no job is left, with those that were handed back, in the order in which
   *     they were accepted. Cancelling it stops the waiting and not the shutdown
   */
  public CompletableFuture<List<Unfinished<J>>> shutdown(Duration grace) {
    Checks.notNegative("grace", grace);
    closed = true;
    submitting.forEach(each -> each.completeExceptionally(new QueueClosedError(NO_CALL)));
    if (grace.isZero()) {
      leaveAll();
    } else {
      leaveAllAfter(grace);
    }
    CallFuture<List<Unfinished<J>>> ended = new CallFuture<>();
    drained.add(() -> ended.complete(unfinished()));
    lookWhetherDrained();
    return ended;
  }

  private void leaveAllAfter(Duration grace) {
    Cancellable end;
    try {
      end =
          platform.timer().schedule(grace, () -> platform.continuations().execute(this::leaveAll));
    } catch (Throwable noThread) {
      leaveAll();
      return;
    }
    drained.add(end::cancel);
  }

  private void leaveAll() {
    leaving = true;
    List<QueuedJob<J>> all = new ArrayList<>(open);
    all.sort(Comparator.comparingLong(QueuedJob::number));
    all.forEach(each -> each.end(QueuedJob.End.LEFT));
  }

  private List<Unfinished<J>> unfinished() {
    return left.stream()
        .sorted(Comparator.comparingLong(QueuedJob::number))
        .map(each -> new Unfinished<>(each.job(), each.runs()))
        .toList();
  }

  private void lookWhetherDrained() {
    if (closed && open.isEmpty()) {
      drained.run();
    }
  }

  /** {@link #shutdown} without grace, whose unfinished jobs nobody gets; returns at once. */
  @Override
  public void close() {
    var unused = shutdown(Duration.ZERO);
  }

  Platform platform() {
    return platform;
  }

  AsyncBulkhead workers() {
    return workers;
  }

  Function<? super J, ? extends CompletionStage<?>> function() {
    return settings.function;
  }

  RetryPolicy retry() {
    return settings.retry;
  }

  @Nullable Duration jobTimeout() {
    return settings.jobTimeout;
  }

  WorkQueueCounts counts() {
    return counts;
  }

  void deadLetter(J job, FetchError error, boolean heard) {
    BiConsumer<? super J, ? super FetchError> handler = settings.deadLetter;
    if (handler != null) {
      Guard.run(() -> handler.accept(job, error));
    } else if (!heard) {
      LOG.log(System.Logger.Level.WARNING, "a job failed for good (set deadLetter)", error);
    }
  }

  void ended(QueuedJob<J> job, QueuedJob.End how) {
    counts.ended(how);
    if (how == QueuedJob.End.LEFT) {
      left.add(job);
    }
    open.remove(job);
    lookWhetherDrained();
  }

  /**
   * The settings of a queue. Confined to one thread.
   *
   * @param <J> the jobs' type
   */
  public static final class Builder<J> {

    private final Function<? super J, ? extends CompletionStage<?>> function;
    private int workers = 8;
    private int capacity = 1000;
    private @Nullable Duration jobTimeout;
    private RetryPolicy retry = RetryPolicy.none();
    private @Nullable BiConsumer<? super J, ? super FetchError> deadLetter;
    private Platform platform = Platform.system();

    private Builder(Function<? super J, ? extends CompletionStage<?>> function) {
      this.function = function;
    }

    private Builder(Builder<J> other) {
      this(other.function);
      workers = other.workers;
      capacity = other.capacity;
      jobTimeout = other.jobTimeout;
      retry = other.retry;
      deadLetter = other.deadLetter;
      platform = other.platform;
    }

    /** How many jobs run at once at most; default 8. */
    public Builder<J> workers(int running) {
      workers = Checks.atLeast("workers", running, 1);
      return this;
    }

    /** How many jobs have a place at most, those that run included; default 1,000. */
    public Builder<J> capacity(int jobs) {
      capacity = Checks.atLeast("capacity", jobs, 1);
      return this;
    }

    /** The longest time of one run of a job; default none. A run that takes longer is cancelled. */
    public Builder<J> jobTimeout(Duration limit) {
      jobTimeout = Checks.positive("jobTimeout", limit);
      return this;
    }

    /**
     * Which failures are tried again, how often and after what delay; default none. An error that
     * is no {@link FetchError} is shown to {@code retryIf} as the cause of an {@code
     * UnexpectedError}, and without a {@code retryIf} it is tried again. A {@code Retry-After} is
     * waited for. The policy's budget is not asked: the number of workers bounds the pace.
     */
    public Builder<J> retry(RetryPolicy policy) {
      retry = Objects.requireNonNull(policy, "retry");
      return this;
    }

    /**
     * Gets each job that failed for good, with the error of its last run, on a thread of the
     * library's, before {@link WorkQueue#shutdown} completes; several at the same time. What it
     * throws is logged. Without it, a failure that nobody depends on is logged.
     */
    public Builder<J> deadLetter(BiConsumer<? super J, ? super FetchError> handler) {
      deadLetter = Objects.requireNonNull(handler, "deadLetter");
      return this;
    }

    /** On other threads and another time, for tests. */
    Builder<J> on(Platform other) {
      platform = other;
      return this;
    }

    /**
     * Opens the queue.
     *
     * @throws IllegalArgumentException if the capacity is below the number of workers
     */
    public WorkQueue<J> open() {
      if (capacity < workers) {
        throw new IllegalArgumentException(
            "capacity: " + capacity + " (expected: >= workers " + workers + ")");
      }
      return new WorkQueue<>(this);
    }
  }
}
