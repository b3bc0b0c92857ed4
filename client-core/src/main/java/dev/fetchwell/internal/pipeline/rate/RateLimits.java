package dev.fetchwell.internal.pipeline.rate;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.KeyedQueueLimit;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how often attempts are sent: a token of the host, then one of the client, then what the
 * caller's own limiters give. Who waits for a host's token holds none of the client's, so a host
 * with a long queue never slows another.
 *
 * <p>A token is used up when its attempt goes on to wait for a permit, and not given back after
 * that; an attempt that ends before gives back what it has. Retries, hedges and the hops of a
 * redirect take tokens like any other attempt.
 */
public final class RateLimits {

  private final List<OwnLimit> own = new ArrayList<>();
  private final List<AskedLimiter> limiters;
  private final KeyedQueueLimit waiting;
  private final KeyedQueueLimit asking;

  /**
   * The limits of one client.
   *
   * @param waiting the places for those who wait for the client's own limits
   * @param asking the places for those whom a limiter of the caller's lets wait
   */
  public RateLimits(
      @Nullable RateLimit perHost,
      @Nullable RateLimit ofAll,
      List<RateLimiter> limiters,
      KeyedQueueLimit waiting,
      KeyedQueueLimit asking,
      Platform platform) {
    this.waiting = waiting;
    this.asking = asking;
    this.limiters = limiters.stream().map(each -> new AskedLimiter(each, platform)).toList();
    if (perHost != null) {
      own.add(OwnLimit.perHost(perHost, platform));
    }
    if (ofAll != null) {
      own.add(OwnLimit.ofAll(ofAll, platform));
    }
  }

  /** The layer. */
  public Layer layer() {
    return own.isEmpty() && limiters.isEmpty()
        ? Layer.none()
        : next -> (request, context) -> send(next, request, context);
  }

  private CompletableFuture<Reply> send(Stage next, FetchRequest request, CallContext context) {
    RatedAttempt attempt = new RatedAttempt(this, next, request, context);
    try {
      attempt.start();
    } catch (Throwable thrown) {
      // Such as a timer that takes no task: nothing may get lost, and the call has to end.
      attempt.completeExceptionally(thrown);
    }
    return attempt;
  }

  /** First the host's, so that its waiters hold nothing that others need. */
  List<OwnLimit> own() {
    return own;
  }

  List<AskedLimiter> limiters() {
    return limiters;
  }

  KeyedQueueLimit waiting() {
    return waiting;
  }

  KeyedQueueLimit asking() {
    return asking;
  }

  /** How many hosts are remembered, for tests. */
  long remembered() {
    return own.stream().mapToLong(OwnLimit::remembered).max().orElse(0);
  }
}
