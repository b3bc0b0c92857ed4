package dev.fetchwell.internal.pipeline.cooldown;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.PacedQueue.Turn;
import dev.fetchwell.internal.async.PacedQueues;
import dev.fetchwell.internal.async.PacedQueues.Paced;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.LastLook;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.CoolDown;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Keeps attempts away from what asked to be left alone, by a 429 or 503 with {@code Retry-After}:
 * they wait without a permit, and go spread over a while after it. What succeeds meanwhile, as it
 * was sent before, ends nothing; a shorter {@code Retry-After} shortens nothing.
 *
 * <p>It looks twice: before an attempt gets in line for a token and a permit, and again when it has
 * both; an attempt that meets a cool-down there gives the permit back and waits here. There it also
 * hears of the reply, before the permit goes to the next one.
 */
public final class CoolDowns {

  private static final int MOST_KEYS = 16 * 1024;

  /** Those who waited go spread over this part of the time for which they were kept away. */
  private static final int SPREAD = 10;

  private final @Nullable CoolDown policy;
  private final KeyedQueueLimit places;
  private final PacedQueues<Cooling> cooling;

  /**
   * The cool-downs of one client.
   *
   * @param policy null for none
   * @param places those of the attempts that wait
   */
  public CoolDowns(@Nullable CoolDown policy, KeyedQueueLimit places, Platform platform) {
    this.policy = policy;
    this.places = places;
    cooling = new PacedQueues<>(MOST_KEYS, () -> new Cooling(platform.random()), platform);
  }

  /** The layer. */
  public Layer layer() {
    CoolDown known = policy;
    return known == null
        ? Layer.none()
        : next -> (request, context) -> send(known, next, request, context);
  }

  /** The layer of the second look, behind all that an attempt waits for. */
  public Layer lastLook() {
    return policy == null
        ? Layer.none()
        : next -> (request, context) -> sendUnlessHeldBack(next, request, context);
  }

  /** The keys that are kept away. */
  public Set<String> coolingDown() {
    return cooling.busy();
  }

  private CompletableFuture<Reply> send(
      CoolDown known, Stage next, FetchRequest request, CallContext context) {
    context.attempt().markWaiting(true);
    String key;
    try {
      key = known.keyOf(request);
    } catch (Throwable thrown) {
      return CompletableFuture.failedFuture(new UnexpectedError(context.facts(), thrown));
    }
    CooledAttempt attempt = new CooledAttempt(this, key, next, request, context);
    try {
      attempt.enter();
    } catch (Throwable thrown) {
      // Such as a timer that takes no task: nothing may get lost, and the call has to end.
      attempt.completeExceptionally(thrown);
    }
    return attempt;
  }

  private static CompletableFuture<Reply> sendUnlessHeldBack(
      Stage next, FetchRequest request, CallContext context) {
    LastLook look = context.attempt().lastLook();
    if (look == null) {
      return next.sent(request, context);
    }
    FetchError held = look.refusal();
    if (held != null) {
      return CompletableFuture.failedFuture(held);
    }
    CallFuture<Reply> outer = new CallFuture<>();
    outer.follow(
        next.sent(request, context),
        reply -> {
          look.replied(reply);
          outer.complete(reply);
        },
        outer::completeExceptionally);
    return outer;
  }

  KeyedQueueLimit places() {
    return places;
  }

  /** Null if nobody is kept away, or a turn as the queue gives it. */
  @Nullable Turn enter(String key, Duration atMost) {
    Paced<Cooling> paced = cooling.known(key);
    return paced == null ? null : paced.queue().enter(atMost);
  }

  /** How long the key is kept away from now on; zero if it is not. */
  Duration left(String key) {
    Paced<Cooling> paced = cooling.known(key);
    return paced == null ? Duration.ZERO : paced.queue().expectedWait();
  }

  /** The server has asked for it. */
  void keepAway(String key, Duration asked) {
    CoolDown known = policy;
    if (known == null || asked.isZero() || asked.isNegative()) {
      return;
    }
    Duration most = known.atMost();
    // In whole milliseconds, as retries wait; or they would be a fraction of one too early.
    long nanos = Duration.ofMillis((asked.compareTo(most) < 0 ? asked : most).toMillis()).toNanos();
    while (true) {
      Paced<Cooling> paced = cooling.of(key);
      if (paced.queue().change(now -> paced.pace().keepAway(now + nanos, nanos / SPREAD))) {
        return;
      }
      cooling.forget(key, paced);
    }
  }

  /** How many keys are remembered, for tests. */
  long remembered() {
    return cooling.remembered();
  }
}
