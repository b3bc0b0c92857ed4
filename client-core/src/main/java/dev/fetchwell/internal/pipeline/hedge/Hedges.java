package dev.fetchwell.internal.pipeline.hedge;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.HedgePolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives a slow attempt another one beside it, as its policy says; what the attempts of one client
 * took, and what they may take, lives here. Holds a timer for each attempt, and nothing else.
 *
 * <p>Only for a request that may be repeated and that is in memory as a whole: a file or a stream
 * would be read twice at the same time. Not for a switch of protocols.
 */
public final class Hedges {

  private final HedgeBudget budget = new HedgeBudget();
  private final LongAdder sent = new LongAdder();
  private final LongAdder won = new LongAdder();
  private final Latencies latencies;

  /** Nothing is known and nothing was sent. */
  public Hedges(Platform platform) {
    latencies = new Latencies(platform.timer());
  }

  /** The layer. */
  public Layer layer() {
    return next -> (request, context) -> send(next, request, context);
  }

  private CompletableFuture<Reply> send(Stage next, FetchRequest request, CallContext context) {
    HedgePolicy policy = context.options().hedge();
    if (policy == null || !isHedged(request, context)) {
      return next.send(request, context);
    }
    if (context.attempt().isFirst()) {
      budget.called(policy.share());
    }
    Race race = new Race(next, request, context, policy, this, estimate(policy, request, context));
    race.start();
    return race;
  }

  private static boolean isHedged(FetchRequest request, CallContext context) {
    return request.isRepeatable() && request.isInMemory() && !context.wantsUpgrade();
  }

  private @Nullable LatencyEstimate estimate(
      HedgePolicy policy, FetchRequest request, CallContext context) {
    return policy.fixedDelay() == null
        ? latencies.of(request.host(), context.options().tag(), policy.percentile())
        : null;
  }

  HedgeBudget budget() {
    return budget;
  }

  void countSent() {
    sent.increment();
  }

  void countWon() {
    won.increment();
  }

  /** Hedges ever sent. */
  public long sent() {
    return sent.sum();
  }

  /** Hedges whose answer counted. */
  public long won() {
    return won.sum();
  }
}
