package dev.fetchwell.internal.pipeline.rate;

import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SerialTask;
import dev.fetchwell.policy.RateLimiter;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks a limiter of the caller's own, which is foreign code: for one attempt at a time, in order,
 * on a call thread. So one that blocks holds up neither whoever sends a call nor, with thousands of
 * attempts, thousands of threads; those behind it end at their deadlines.
 */
final class AskedLimiter {

  private final RateLimiter limiter;
  private final Platform platform;
  private final SerialTask asking = new SerialTask(this::askAll);

  /** Who has not asked yet, in order; guarded by itself. */
  private final Set<Ask> waiting = new LinkedHashSet<>();

  AskedLimiter(RateLimiter limiter, Platform platform) {
    this.limiter = limiter;
    this.platform = platform;
  }

  /**
   * A future that ends as the limiter's does, on a call thread; cancelling it cancels that one.
   *
   * @param atMost the time that is left, asked when the limiter is
   * @param onWait runs if the limiter does not answer at once
   */
  CallFuture<@Nullable Void> ask(String host, Supplier<Duration> atMost, Runnable onWait) {
    Ask ask = new Ask(host, atMost, onWait);
    synchronized (waiting) {
      waiting.add(ask);
    }
    if (asking.ask()) {
      try {
        platform.execute(asking::work);
      } catch (Throwable noThread) {
        // Nobody else would: the task counts as begun.
        asking.work();
      }
    }
    return ask;
  }

  private void askAll() {
    for (Ask ask = poll(); ask != null; ask = poll()) {
      ask.now();
    }
  }

  private @Nullable Ask poll() {
    synchronized (waiting) {
      Iterator<Ask> inOrder = waiting.iterator();
      if (!inOrder.hasNext()) {
        return null;
      }
      Ask ask = inOrder.next();
      inOrder.remove();
      return ask;
    }
  }

  private final class Ask extends CallFuture<@Nullable Void> {

    private final String host;
    private final Supplier<Duration> atMost;
    private final Runnable onWait;
    private volatile boolean answered;

    private Ask(String host, Supplier<Duration> atMost, Runnable onWait) {
      this.host = host;
      this.atMost = atMost;
      this.onWait = onWait;
    }

    private void now() {
      if (isEnding()) {
        return;
      }
      try {
        CompletableFuture<@Nullable Void> token =
            Objects.requireNonNull(
                limiter.acquire(host, atMost.get()),
                "RateLimiter.acquire gave null (expected: a future)");
        if (!token.isDone()) {
          onWait.run();
        }
        follow(token, () -> cancel(token), none -> answered(null), this::answered);
      } catch (Throwable thrown) {
        answered(thrown);
      }
    }

    /** Its dependents are foreign, and whoever ends the call may be a timer. */
    private void cancel(CompletableFuture<?> token) {
      if (!answered) {
        platform.execute(() -> Guard.run(() -> token.cancel(false)));
      }
    }

    /** On whatever thread the limiter has; it may hold a lock of its own. */
    private void answered(@Nullable Throwable thrown) {
      answered = true;
      try {
        platform.execute(() -> end(thrown));
      } catch (Throwable noThread) {
        end(thrown);
      }
    }

    @SuppressWarnings("NullAway") // It does not look into the type argument.
    private void end(@Nullable Throwable thrown) {
      boolean unused =
          thrown == null ? complete(null) : completeExceptionally(CallFuture.unwrap(thrown));
    }

    @Override
    protected void givenUp() {
      synchronized (waiting) {
        waiting.remove(this);
      }
    }
  }
}
