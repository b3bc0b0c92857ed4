package dev.fetchwell.internal.pipeline.cooldown;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.PacedQueue.Answer;
import dev.fetchwell.internal.async.PacedQueue.TooLate;
import dev.fetchwell.internal.async.PacedQueue.Turn;
import dev.fetchwell.internal.async.PacedQueue.Waiter;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.LastLook;
import dev.fetchwell.internal.pipeline.QueueStay;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.Throttled;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: it waits until its key is left alone no longer, goes on, and says what the answer
 * asked for. Its steps follow each other; but it may be ended by any thread.
 */
final class CooledAttempt extends CallFuture<Reply> implements LastLook {

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final CoolDowns coolDowns;
  private final String key;
  private final Stage next;
  private final FetchRequest request;
  private final CallContext context;
  private final Attempt attempt;

  /** What it takes while it waits; it may wait again. */
  private volatile QueueStay stay;

  /** What the last look refused it with, if it did. */
  private volatile @Nullable FetchError heldBackBy;

  CooledAttempt(
      CoolDowns coolDowns, String key, Stage next, FetchRequest request, CallContext context) {
    this.coolDowns = coolDowns;
    this.key = key;
    this.next = next;
    this.request = request;
    this.context = context;
    attempt = context.attempt();
    stay = new QueueStay(context, this, request.host());
  }

  void enter() {
    Turn turn = coolDowns.enter(key, Duration.ZERO);
    if (turn instanceof TooLate late && !isRetryInTime(late)) {
      queue(late);
    } else {
      proceed();
    }
  }

  /** A retry has waited for what its own answer asked for, and does not get in line again. */
  private boolean isRetryInTime(TooLate late) {
    return late.delay().isZero() && attempt.number() > 1;
  }

  private void queue(TooLate late) {
    if (!attempt.mayWait()) {
      refuse("this attempt does not wait", late.delay());
      return;
    }
    Duration patience = stay.patience();
    if (late.delay().compareTo(patience) >= 0) {
      tooLate(late);
      return;
    }
    if (!stay.take(coolDowns.places())) {
      refuse("all places in its queue are taken", late.delay());
      return;
    }
    Turn turn = coolDowns.enter(key, patience);
    if (turn instanceof Waiter waiter) {
      stay.waitsFor("the cool-down of " + key);
      context.events().throttled(Throttled.Reason.COOL_DOWN, key, waiter.expected());
      follow(waiter, this::answered, this::completeExceptionally);
    } else if (turn instanceof TooLate longer) {
      tooLate(longer);
    } else {
      proceed();
    }
  }

  private void answered(Answer answer) {
    if (answer instanceof TooLate late) {
      tooLate(late);
    } else {
      proceed();
    }
  }

  private void tooLate(TooLate late) {
    refuse("to wait for it would pass the call's " + stay.bound(), late.delay());
  }

  private void refuse(String problem, Duration left) {
    completeExceptionally(refusal(problem, left));
  }

  private RateLimitExceededError refusal(String problem, Duration left) {
    return new RateLimitExceededError(
        "the server asked to leave "
            + key
            + " alone for another "
            + left.toMillis()
            + " ms, and "
            + problem
            + " (allow more time, or call again later)",
        left,
        context.facts());
  }

  private void proceed() {
    unlimited();
    stay.goesOn();
    if (isEnding()) {
      return;
    }
    attempt.lookAgain(this);
    follow(next.sent(request, context), this::complete, this::failed);
  }

  @Override
  public @Nullable FetchError refusal() {
    Duration left = coolDowns.left(key);
    if (left.isZero()) {
      return null;
    }
    attempt.markWaiting(true);
    RateLimitExceededError refusal = refusal("it waits again", left);
    heldBackBy = refusal;
    return refusal;
  }

  @Override
  public void replied(Reply reply) {
    if (reply.status() == TOO_MANY_REQUESTS || reply.status() == SERVICE_UNAVAILABLE) {
      Duration asked = reply.retryAfter(context);
      if (asked != null) {
        coolDowns.keepAway(key, asked);
      }
    }
  }

  private void failed(Throwable thrown) {
    FetchError held = heldBackBy;
    if (held == null || held != thrown) {
      completeExceptionally(thrown);
      return;
    }
    heldBackBy = null;
    stay = new QueueStay(context, this, request.host());
    if (!isEnding()) {
      enter();
    }
  }

  @Override
  protected void givenUp() {
    stay.leave();
  }
}
