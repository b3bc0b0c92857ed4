package dev.fetchwell.internal.pipeline.retry;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Following;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tries again what is worth it. Holds nothing but a timer between attempts. */
public final class Retries implements Stage {

  private final Stage next;
  private final RetryTwins twins;
  private final RetryBudgets budgets;

  private Retries(Stage next, RetryTwins twins, RetryBudgets budgets) {
    this.next = next;
    this.twins = twins;
    this.budgets = budgets;
  }

  /** The layer with budgets of its own, which time of this platform refills. */
  public static Layer layer(RetryRegistry registry, Platform platform) {
    return layer(registry, new RetryBudgets(platform.timer()));
  }

  /**
   * The layer.
   *
   * @param registry where resilience4j's side of each policy is found
   * @param budgets the tokens that hosts have left
   */
  public static Layer layer(RetryRegistry registry, RetryBudgets budgets) {
    RetryTwins twins = new RetryTwins(registry);
    return next -> new Retries(next, twins, budgets);
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    Attempts attempts = new Attempts(request, context);
    FetchError brokenOffBy = context.takeBrokenOffBy();
    if (brokenOffBy == null) {
      attempts.begin(false, false);
    } else {
      attempts.decide(brokenOffBy, null);
    }
    return attempts;
  }

  /** The attempts of one request: one runs, or one is waited for, or the future has ended. */
  private final class Attempts extends CallFuture<Reply> implements Following<Reply> {

    private final FetchRequest request;
    private final CallContext context;
    private final Retry.AsyncContext<Reply> retry;

    private Attempts(FetchRequest request, CallContext context) {
      this.request = request;
      this.context = context;
      this.retry = twins.of(context.options().retry()).asyncContext();
    }

    private void begin(boolean isRetry, boolean onFreshConnection) {
      if (isEnding()) {
        return;
      }
      boolean continued = !isRetry && context.attempts() > 0;
      Attempt attempt = context.beginAttempt(isRetry, onFreshConnection);
      if (!continued) {
        context.events().attemptStarted(attempt.number());
      }
      follow(next.sent(request, context), this);
    }

    @Override
    public void succeeded(Reply reply) {
      if (reply.isError()) {
        FetchError error = reply.error(context);
        context.events().attemptEnded(context.attempt(), reply.status(), error);
        decide(error, reply);
        return;
      }
      if (!reply.leadsOn(context)) {
        context.events().attemptEnded(context.attempt(), reply.status(), null);
      }
      Guard.run(retry::onComplete);
      budgets.succeeded(context.options().retry().budget(), request.host());
      complete(reply);
    }

    @Override
    public void failed(Throwable thrown) {
      if (thrown instanceof CancellationException) {
        cancel(false);
        return;
      }
      FetchError error = context.error(thrown);
      context.events().attemptEnded(context.attempt(), context.attempt().status(), error);
      decide(error, null);
    }

    /**
     * Tries again or ends.
     *
     * @param reply what the error is made of, if it is a status
     */
    private void decide(FetchError error, @Nullable Reply reply) {
      RetryDecision decision = new RetryDecision(error, request, context, budgets);
      try {
        decision.make();
      } catch (Throwable fromPolicy) {
        UnexpectedError unexpected = new UnexpectedError(context.facts(), fromPolicy);
        unexpected.addSuppressed(error);
        completeExceptionally(unexpected);
        return;
      }
      if (decision.isRepeated()) {
        context.addRepeat();
      } else {
        RetryTwins.onError(retry, error, decision);
      }
      long delayMillis = decision.delayMillis();
      if (delayMillis >= 0) {
        again(Duration.ofMillis(delayMillis), decision.needsFreshConnection(), error);
      } else if (reply != null) {
        complete(reply);
      } else {
        completeExceptionally(context.withHistory(error));
      }
    }

    private void again(Duration delay, boolean onFreshConnection, FetchError error) {
      context.addFailure(error);
      context.events().retryScheduled(context.attempts() + 1, delay, error);
      // Also without a delay it starts from the executor, so that attempts do not nest.
      after(context.platform().delay(delay), () -> begin(true, onFreshConnection));
    }
  }
}
