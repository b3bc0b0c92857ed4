package dev.fetchwell.internal.pipeline.hedge;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.RejectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.HedgePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, and those that run beside it when it is slow. The first good answer ends it; an
 * error, or a reply that the retry policy would try again, only when nothing else is on its way.
 *
 * <p>Several threads may be in it, so its state is guarded by its monitor: for assignments only,
 * and for events that are noted there and told outside of it, so that they keep their order. A
 * hedge that has no permit yet is nobody's hope: it holds up no failure, and what it fails with is
 * not the call's.
 */
final class Race extends CallFuture<Reply> {

  /** A shorter time is no wait, for a timer. */
  private static final long LEAST_NANOS = 1_000_000;

  private final Stage next;
  private final FetchRequest request;
  private final CallContext context;
  private final HedgePolicy policy;
  private final Hedges hedges;
  private final @Nullable LatencyEstimate estimate;
  private final Lane first;

  /** Those that have not ended; guarded by this, as are the ones below. */
  private final List<Lane> lanes = new ArrayList<>(2);

  /** Only ever goes to true: it is known what this ends with. */
  private boolean decided;

  /** Those that still ran when that was decided; from then on of the one that decided. */
  private List<Lane> losers = List.of();

  /** Hedges that were begun, sent or not. */
  private int begun;

  private @Nullable Cancellable clock;

  /**
   * Nothing is sent yet.
   *
   * @param estimate what is known of how long it takes; null if the policy's time is fixed
   */
  Race(
      Stage next,
      FetchRequest request,
      CallContext context,
      HedgePolicy policy,
      Hedges hedges,
      @Nullable LatencyEstimate estimate) {
    this.next = next;
    this.request = request;
    this.context = context;
    this.policy = policy;
    this.hedges = hedges;
    this.estimate = estimate;
    this.first = new Lane(context);
  }

  /** One of the attempts, and what is behind it. */
  private static final class Lane extends CallFuture<Reply> {

    private final CallContext context;

    /** Its own, also when another one counts for the call. */
    private final Attempt attempt;

    /** Whether it has its permits; guarded by the race, as is the next. */
    private boolean sent;

    private long sentAt;

    private Lane(CallContext context) {
      this.context = context;
      this.attempt = context.attempt();
    }
  }

  void start() {
    lanes.add(first);
    first.attempt.beforeSending(this::firstGoesOut);
    send(first);
  }

  private void send(Lane lane) {
    CompletableFuture<Reply> inner = next.sent(request, lane.context);
    lane.follow(
        inner, reply -> endsWith(lane, reply, null), thrown -> endsWith(lane, null, thrown));
  }

  private boolean firstGoesOut() {
    markSent(first);
    Guard.run(() -> setClock(first));
    return true;
  }

  private synchronized void markSent(Lane lane) {
    lane.sent = true;
    lane.sentAt = now();
  }

  /** Another one may begin when the one that was sent last takes too long. */
  private void setClock(Lane latest) {
    long delay = delayNanos();
    synchronized (this) {
      if (delay < 0 || decided || begun >= policy.most()) {
        return;
      }
    }
    Duration wait = Duration.ofNanos(delay);
    if (wait.compareTo(context.remaining()) >= 0) {
      return;
    }
    Cancellable armed =
        context
            .platform()
            .timer()
            .schedule(wait, () -> context.platform().execute(() -> Guard.run(() -> hedge(latest))));
    boolean late;
    synchronized (this) {
      late = decided;
      if (!late) {
        clock = armed;
      }
    }
    if (late) {
      armed.cancel();
    }
  }

  /** Negative if it is not known. */
  private long delayNanos() {
    Duration fixed = policy.fixedDelay();
    if (fixed != null) {
      return fixed.toNanos();
    }
    long learned = estimate == null ? -1 : estimate.nanos();
    return learned < 0 ? learned : Math.max(LEAST_NANOS, learned);
  }

  private void hedge(Lane slow) {
    boolean isTrial = first.attempt.isTrial();
    if (isTrial || context.remaining().isZero() || !hedges.budget().take(policy.share())) {
      return;
    }
    Lane lane = new Lane(context.beside());
    boolean late;
    synchronized (this) {
      late = decided;
      if (!late) {
        begun++;
        lanes.add(lane);
      }
    }
    if (late) {
      hedges.budget().giveBack(policy.share());
      return;
    }
    lane.attempt.beforeSending(() -> hedgeGoesOut(lane, slow));
    send(lane);
  }

  /** It has its permits; false if it came too late. */
  private boolean hedgeGoesOut(Lane lane, Lane slow) {
    synchronized (this) {
      if (decided || !lane.context.admit()) {
        return false;
      }
      markSent(lane);
      hedges.countSent();
      Duration after = Duration.ofNanos(lane.sentAt - slow.sentAt);
      context.events().hedged(lane.attempt.number(), after);
    }
    context.events().tell();
    Guard.run(() -> setClock(lane));
    return true;
  }

  /** What one of them ended with, exactly one of both; whatever is thrown here ends the call. */
  private void endsWith(Lane lane, @Nullable Reply reply, @Nullable Throwable thrown) {
    try {
      FetchError error = errorOf(lane.context, reply, thrown);
      boolean good = reply != null && (error == null || !isTriedAgain(error));
      int status = reply == null ? lane.context.attempt().status() : reply.status();
      switch (fate(lane, good, status, error)) {
        case COUNTS -> counts(lane, reply, thrown, good);
        case SET_ASIDE -> {
          context.events().tell();
          giveUp(reply);
        }
        case NEVER_SENT -> neverSent(thrown, error);
        case LATE -> giveUp(reply);
      }
    } catch (Throwable unexpected) {
      giveUp(reply);
      completeExceptionally(unexpected);
    }
  }

  private static @Nullable FetchError errorOf(
      CallContext lane, @Nullable Reply reply, @Nullable Throwable thrown) {
    if (reply != null) {
      return reply.isError() ? reply.error(lane) : null;
    }
    return thrown == null || thrown instanceof CancellationException ? null : lane.error(thrown);
  }

  /** What the retry policy would send again may be better elsewhere. */
  private boolean isTriedAgain(FetchError error) {
    try {
      return context.options().retry().retries(error);
    } catch (Throwable fromPolicy) {
      // The retry stage asks it again, and tells.
      return false;
    }
  }

  private enum Fate {
    /** It is what the call goes on with. */
    COUNTS,
    /** It is not good, and another one is on its way. */
    SET_ASIDE,
    /** A hedge that got no permit, or none in time. */
    NEVER_SENT,
    /** It is known already what the call goes on with. */
    LATE
  }

  private synchronized Fate fate(Lane lane, boolean good, int status, @Nullable FetchError error) {
    lanes.remove(lane);
    if (!good && lane != first && !lane.sent) {
      return Fate.NEVER_SENT;
    }
    if (decided) {
      return Fate.LATE;
    }
    if (good || lanes.stream().noneMatch(other -> other.sent)) {
      decided = true;
      losers = List.copyOf(lanes);
      lanes.clear();
      losers.stream()
          .filter(loser -> loser.sent)
          .forEach(loser -> context.events().setAside(loser.context.attemptNumber(), 0, null));
      return Fate.COUNTS;
    }
    // Here, so that whatever counts in the end comes after it.
    if (error != null) {
      context.addFailure(error);
    }
    context.events().setAside(lane.context.attemptNumber(), status, error);
    return Fate.SET_ASIDE;
  }

  private void counts(
      Lane winner, @Nullable Reply reply, @Nullable Throwable thrown, boolean good) {
    long ended = now();
    losers.forEach(CallFuture::cancel);
    if (winner != first) {
      // The first may have become another attempt meanwhile, by a new token.
      context.adopt(winner.attempt);
    }
    context.events().tell();
    if (good) {
      learn(winner, ended);
      if (winner != first) {
        hedges.countWon();
      }
    }
    if (reply != null) {
      complete(reply);
    } else if (thrown != null) {
      completeExceptionally(thrown);
    }
  }

  /**
   * How long the first one took; or, where another was quicker, that it took longer than until now:
   * forgetting those would make the slow ones look rare. What failed says nothing of how long an
   * answer takes.
   */
  private void learn(Lane winner, long ended) {
    boolean isKnown = winner == first || losers.contains(first);
    if (estimate != null && isKnown && first.sent) {
      estimate.record(ended - first.sentAt);
    }
  }

  private void neverSent(@Nullable Throwable thrown, @Nullable FetchError error) {
    hedges.budget().giveBack(policy.share());
    if (error != null && !(thrown instanceof RejectedError)) {
      // Such as of a filter: shown if the call fails.
      context.addFailure(error);
    }
  }

  private static void giveUp(@Nullable Reply reply) {
    if (reply != null) {
      Guard.run(reply::cancel);
    }
  }

  @Override
  protected void givenUp() {
    List<Lane> left;
    Cancellable pending;
    synchronized (this) {
      decided = true;
      left = List.copyOf(lanes);
      lanes.clear();
      pending = clock;
      clock = null;
    }
    if (pending != null) {
      Guard.run(pending::cancel);
    }
    left.forEach(CallFuture::cancel);
  }

  private long now() {
    return context.platform().timer().nanoTime();
  }
}
