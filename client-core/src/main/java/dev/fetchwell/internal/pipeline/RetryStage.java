package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.internal.concurrent.Timer.Scheduled;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryRegistry;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Tries again what is worth it. Holds nothing but a timer between attempts. */
public final class RetryStage implements Stage {

  private final Stage next;
  private final Retries retries;
  private final RetryBudgets budgets;
  private final RandomGenerator random;

  /**
   * Wraps the next stage.
   *
   * @param registry where resilience4j's side of each policy is found
   * @param timer what budgets are refilled by
   * @param random where jitter comes from; must be thread-safe
   */
  public RetryStage(Stage next, RetryRegistry registry, Timer timer, RandomGenerator random) {
    this.next = next;
    this.retries = new Retries(registry);
    this.budgets = new RetryBudgets(timer);
    this.random = random;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    Attempts attempts = new Attempts(request, context);
    CallFuture<Reply> outer = attempts.outer;
    attempts.begin(false, false);
    return outer;
  }

  /** The attempts of one request: one runs, or one is waited for, or the outer future has ended. */
  private final class Attempts {

    /** Replaced by the reader of a streamed body, after the one before has ended. */
    private volatile CallFuture<Reply> outer = new CallFuture<>();

    private final FetchRequest request;
    private final CallContext context;
    private final Retry.AsyncContext<Reply> retry;
    private volatile boolean reopened;

    private Attempts(FetchRequest request, CallContext context) {
      this.request = request;
      this.context = context;
      this.retry = retries.begin(context.settings().retry());
    }

    private void begin(boolean isRetry, boolean onFreshConnection) {
      if (outer.isEnding()) {
        return;
      }
      boolean goesOnAfterRedirect = !isRetry && context.attempts() > 0;
      Attempt attempt = context.beginAttempt(isRetry, onFreshConnection);
      if (!goesOnAfterRedirect) {
        context.events().attemptStarted(attempt.number());
      }
      CompletableFuture<Reply> inner = next.send(request, context);
      outer.givesUp(() -> inner.cancel(false));
      Futures.whenEnded(
          inner,
          (reply, thrown) -> {
            if (thrown == null) {
              succeeded(reply);
            } else {
              failed(thrown);
            }
          });
    }

    private void succeeded(Reply reply) {
      if (!RedirectStage.leadsOn(reply, context)) {
        context.events().attemptEnded(context.attempts(), reply.status(), null);
      }
      Foreign.run(retry::onComplete);
      budgets.succeeded(context.settings().retry().budget(), request.uri().hostAndPort());
      Reply handedOver = reopening(reply);
      if (!outer.complete(handedOver)) {
        handedOver.discard();
      }
    }

    private Reply reopening(Reply reply) {
      OpenBody body = reply.open();
      if (body == null || reopened) {
        return reply;
      }
      return Reply.open(
          reply.status(),
          reply.headers(),
          reply.uri(),
          new ReopeningBody(reply, body, this::reopen));
    }

    /**
     * A streamed body broke off before its first byte; runs on the thread that reads it. The
     * attempt itself has ended before, at its headers.
     */
    private CompletableFuture<Reply> reopen(FetchError error) {
      reopened = true;
      CallFuture<Reply> again = new CallFuture<>();
      outer = again;
      decide(error);
      return again;
    }

    private void failed(Throwable thrown) {
      if (thrown instanceof CancellationException) {
        context.events().attemptEnded(context.attempts(), 0, null);
        outer.cancel(false);
        return;
      }
      FetchError error =
          thrown instanceof FetchError known ? known : new UnexpectedError(context.facts(), thrown);
      int status = error instanceof HttpStatusError failed ? failed.status() : 0;
      context.events().attemptEnded(context.attempts(), status, error);
      decide(error);
    }

    private void decide(FetchError error) {
      RetryDecision decision = new RetryDecision(error, request, context, budgets, random);
      long delayMillis;
      try {
        delayMillis = Retries.onError(retry, error, decision);
      } catch (RuntimeException fromPolicy) {
        UnexpectedError unexpected = new UnexpectedError(context.facts(), fromPolicy);
        unexpected.addSuppressed(error);
        outer.completeExceptionally(unexpected);
        return;
      }
      if (delayMillis < 0) {
        outer.completeExceptionally(context.withHistory(error));
      } else {
        context.addFailure(error);
        again(Duration.ofMillis(delayMillis), decision.lostReusedConnection(), error);
      }
    }

    private void again(Duration delay, boolean onFreshConnection, FetchError error) {
      context.events().retryScheduled(context.attempts() + 1, delay, error);
      context.keepErrorReply(null);
      // Even without a delay it starts from the executor, so that attempts do not nest.
      Scheduled wait = context.timer().schedule(delay, () -> begin(true, onFreshConnection));
      outer.givesUp(wait::cancel);
    }
  }
}
