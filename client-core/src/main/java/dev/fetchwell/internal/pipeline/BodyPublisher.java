package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An open body as a publisher for one subscriber. It reads, on a call thread, only while there is
 * demand; so a slow subscriber slows the peer down through TCP and nothing piles up here.
 *
 * <p>At most one reading task exists at a time: the one that raised the demand from zero. It alone
 * signals the subscriber.
 */
public final class BodyPublisher implements Flow.Publisher<ByteBuffer> {

  private static final int CHUNK = 16 * 1024;

  private final OpenBody body;
  private final CallContext context;
  private final Executor executor;
  private final AtomicBoolean subscribed = new AtomicBoolean();

  /** A publisher that reads on the executor. */
  public BodyPublisher(OpenBody body, CallContext context, Executor executor) {
    this.body = body;
    this.context = context;
    this.executor = executor;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    if (subscriber == null) {
      throw new NullPointerException("subscriber");
    }
    if (subscribed.compareAndSet(false, true)) {
      subscriber.onSubscribe(new Reading(subscriber));
      return;
    }
    subscriber.onSubscribe(new NoSubscription());
    subscriber.onError(new IllegalStateException("a body has one subscriber (send it again)"));
  }

  private static final class NoSubscription implements Flow.Subscription {

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private final class Reading implements Flow.Subscription {

    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Why reading stops before the body's end, where it is not the subscriber's wish. */
    private final AtomicReference<@Nullable Throwable> problem = new AtomicReference<>();

    private volatile Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

    private Reading(Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      if (n <= 0) {
        problem.compareAndSet(
            null, new IllegalArgumentException("request: " + n + " (expected: >= 1)"));
      }
      long more = n <= 0 ? 1 : n;
      long before = demand.getAndUpdate(now -> now + more < 0 ? Long.MAX_VALUE : now + more);
      if (before == 0 && !stopped.get()) {
        executor.execute(this::read);
      }
    }

    @Override
    public void cancel() {
      stopped.set(true);
      subscriber = null;
      body.cancel();
    }

    private void read() {
      Flow.Subscriber<? super ByteBuffer> target = subscriber;
      long wanted = demand.get();
      while (target != null && wanted > 0) {
        for (long i = 0; i < wanted; i++) {
          if (stopped.get() || !readOne(target)) {
            return;
          }
        }
        wanted = demand.addAndGet(-wanted);
      }
    }

    /** Whether to go on. */
    private boolean readOne(Flow.Subscriber<? super ByteBuffer> target) {
      byte[] chunk = new byte[CHUNK];
      int count;
      try {
        Throwable illegal = problem.get();
        if (illegal != null) {
          return fail(target, illegal);
        }
        count = readWithin(context.settings().timeouts().idle(), chunk);
      } catch (FetchError error) {
        Throwable first = problem.get();
        return fail(target, first == null ? error : first);
      }
      if (count >= 0) {
        return next(target, ByteBuffer.wrap(chunk, 0, count));
      }
      if (stopped.compareAndSet(false, true)) {
        subscriber = null;
        target.onComplete();
      }
      return false;
    }

    private int readWithin(Duration idle, byte[] chunk) {
      Scheduled timeout = context.timer().schedule(idle, () -> silent(idle));
      try {
        return body.read(chunk);
      } finally {
        timeout.cancel();
      }
    }

    private void silent(Duration idle) {
      problem.compareAndSet(
          null, new FetchTimeoutError(FetchTimeoutError.Phase.IDLE, idle, context.facts(), null));
      body.cancel();
    }

    private boolean next(Flow.Subscriber<? super ByteBuffer> target, ByteBuffer chunk) {
      try {
        target.onNext(chunk);
        return true;
      } catch (RuntimeException thrown) {
        // A subscriber must not throw; it gets no further signal but this one.
        return fail(target, new UnexpectedError(context.facts(), thrown));
      }
    }

    private boolean fail(Flow.Subscriber<? super ByteBuffer> target, Throwable error) {
      if (stopped.compareAndSet(false, true)) {
        subscriber = null;
        body.cancel();
        target.onError(error);
      }
      return false;
    }
  }
}
