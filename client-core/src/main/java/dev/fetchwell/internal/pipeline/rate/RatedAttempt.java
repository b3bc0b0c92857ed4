package dev.fetchwell.internal.pipeline.rate;

import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.PacedQueue.Answer;
import dev.fetchwell.internal.async.PacedQueue.Pass;
import dev.fetchwell.internal.async.PacedQueue.TooLate;
import dev.fetchwell.internal.async.PacedQueue.Turn;
import dev.fetchwell.internal.async.PacedQueue.Waiter;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.QueueStay;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.Throttled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on its way through the limits. Its steps follow each other, each in the completion of
 * the last; but it may be ended by any thread, and then gives back what it holds.
 */
final class RatedAttempt extends CallFuture<Reply> {

  private final RateLimits limits;
  private final Stage next;
  private final FetchRequest request;
  private final CallContext context;
  private final String host;
  private final QueueStay stay;

  /** Whether it went on, or has ended; guarded by this, as is the next. */
  private boolean over;

  private final List<Pass> passes = new ArrayList<>(2);

  RatedAttempt(RateLimits limits, Stage next, FetchRequest request, CallContext context) {
    this.limits = limits;
    this.next = next;
    this.request = request;
    this.context = context;
    host = request.host();
    stay = new QueueStay(context, this, host);
  }

  void start() {
    context.attempt().markWaiting(true);
    enter(0);
  }

  private void enter(int index) {
    if (index == limits.own().size()) {
      ask(0);
      return;
    }
    OwnLimit limit = limits.own().get(index);
    @Nullable Turn turn = limit.enter(host, Duration.ZERO);
    if (turn instanceof TooLate late) {
      turn = queue(index, limit, late);
    }
    if (turn instanceof Answer answer) {
      answered(index, answer);
    } else if (turn instanceof Waiter waiter) {
      stay.waitsFor(limit.shown(host));
      tellWait(waiter.expected());
      follow(waiter, answer -> answered(index, answer), this::completeExceptionally);
    }
  }

  /** A place in the queue, or null if there is none and this has ended. */
  private @Nullable Turn queue(int index, OwnLimit limit, TooLate late) {
    Duration patience = stay.patience();
    Duration wait = late.delay();
    if (!context.attempt().mayWait()) {
      refuse(limit.shown(host) + " is reached, and this attempt does not wait", wait);
      return null;
    }
    if (wait.compareTo(patience) >= 0) {
      tooLate(limit, wait);
      return null;
    }
    // Rather now than after the wait for this one.
    for (OwnLimit further : limits.own().subList(index + 1, limits.own().size())) {
      Duration expected = further.expectedWait(host);
      if (expected.compareTo(patience) >= 0) {
        tooLate(further, expected);
        return null;
      }
    }
    if (!stay.take(limits.waiting())) {
      refuse(limit.shown(host) + " is reached, and all places in its queue are taken", wait);
      return null;
    }
    return limit.enter(host, patience);
  }

  private void answered(int index, Answer answer) {
    if (answer instanceof TooLate late) {
      tooLate(limits.own().get(index), late.delay());
    } else if (answer instanceof Pass pass && hold(pass)) {
      enter(index + 1);
    }
  }

  private void tooLate(OwnLimit limit, Duration wait) {
    refuse(
        limit.shown(host)
            + " is reached, and to wait for "
            + wait.toMillis()
            + " ms would pass the call's "
            + stay.bound(),
        wait);
  }

  private void refuse(String problem, Duration wait) {
    completeExceptionally(
        new RateLimitExceededError(
            problem + " (send less often, allow more time, or call again later)",
            wait,
            context.facts()));
  }

  /** One of the caller's limiters after the other, then on. */
  private void ask(int index) {
    if (index == limits.limiters().size()) {
      proceed();
      return;
    }
    if (!stay.take(limits.asking())) {
      refuse(
          "too many attempts wait for the rate limiter, and all places in its queue are taken",
          Duration.ZERO);
      return;
    }
    stay.waitsFor("the rate limiter");
    AskedLimiter limiter = limits.limiters().get(index);
    CallFuture<@Nullable Void> asked =
        context.attempt().mayWait()
            ? limiter.ask(host, stay::patience, () -> tellWait(Duration.ZERO))
            : limiter.ask(host, () -> Duration.ZERO, () -> {});
    follow(asked, token -> ask(index + 1), this::refusedBy);
  }

  private void refusedBy(Throwable thrown) {
    if (thrown instanceof RateLimitExceededError error) {
      // A limiter does not know the call.
      completeExceptionally(
          error.method().isEmpty()
              ? new RateLimitExceededError(
                  String.valueOf(error.getMessage()), error.retryAfter(), context.facts())
              : error);
    } else {
      completeExceptionally(new UnexpectedError(context.facts(), thrown));
    }
  }

  private void tellWait(Duration expected) {
    context.events().throttled(Throttled.Reason.RATE_LIMIT, host, expected);
  }

  private void proceed() {
    unlimited();
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      passes.clear();
    }
    stay.goesOn();
    follow(next.sent(request, context));
  }

  /** Keeps a pass; false if this has ended, and it is given back. */
  private boolean hold(Pass pass) {
    synchronized (this) {
      if (!over) {
        passes.add(pass);
        return true;
      }
    }
    pass.cancel();
    return false;
  }

  @Override
  protected void givenUp() {
    List<Pass> back;
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      back = List.copyOf(passes);
    }
    stay.leave();
    // The last first.
    for (int i = back.size() - 1; i >= 0; i--) {
      back.get(i).cancel();
    }
  }
}
