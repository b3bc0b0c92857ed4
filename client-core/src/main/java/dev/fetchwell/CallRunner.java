package dev.fetchwell;

import dev.fetchwell.ActiveCalls.ActiveCall;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import dev.fetchwell.internal.concurrent.Timer;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.internal.pipeline.CallSettings;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs calls through the pipeline and hands their results to the callers' futures. */
final class CallRunner {

  private static final AtomicLong IDS = new AtomicLong();

  private final Stage pipeline;
  private final Timer timer;
  private final ActiveCalls active;
  private final List<CallListener> listeners;
  private final @Nullable Executor dependents;

  CallRunner(
      Stage pipeline,
      Timer timer,
      ActiveCalls active,
      List<CallListener> listeners,
      @Nullable Executor dependents) {
    this.pipeline = pipeline;
    this.timer = timer;
    this.active = active;
    this.listeners = listeners;
    this.dependents = dependents;
  }

  <T extends @Nullable Object> CompletableFuture<T> run(
      FetchRequest request, CallSettings settings, Terminal<T> terminal) {
    String url = request.uri().redacted();
    CallInfo info =
        new CallInfo(
            IDS.incrementAndGet(),
            request.method().name(),
            url,
            request.uri().hostAndPort(),
            settings.tag());
    CallEvents events = new CallEvents(info, listeners);
    Running<T> running =
        new Running<>(new CallContext(request, settings, timer, events), events, terminal);
    running.start(request);
    return running.outer;
  }

  /**
   * One call. Its inner future ends exactly once and then {@link #conclude} runs, also when the
   * caller ended the outer one before.
   */
  private final class Running<T extends @Nullable Object> implements ActiveCall {

    private final CallFuture<T> outer = new CallFuture<>();
    private final CallContext context;
    private final CallEvents events;
    private final Terminal<T> terminal;

    /** A streamed reply, which outlives the outer future; written before that completes. */
    private volatile @Nullable Reply streamed;

    private Running(CallContext context, CallEvents events, Terminal<T> terminal) {
      this.context = context;
      this.events = events;
      this.terminal = terminal;
    }

    private void start(FetchRequest request) {
      events.callStarted();
      if (!active.add(this)) {
        ClientClosedError closed = new ClientClosedError(context.facts());
        events.callEnded(context.elapsed(), closed);
        outer.completeExceptionally(closed);
        return;
      }
      CompletableFuture<Reply> inner = pipeline.send(request, context);
      outer.givesUp(() -> inner.cancel(false));
      Futures.whenEnded(inner, this::conclude);
    }

    private void conclude(@Nullable Reply reply, @Nullable Throwable thrown) {
      T value = null;
      Throwable error = thrown;
      try {
        if (reply != null) {
          value = terminal.value(reply, context);
        } else if (error instanceof FetchError failed) {
          value = terminal.recover(failed, context);
          error = null;
        }
      } catch (FetchError failed) {
        error = failed;
      } catch (RuntimeException | StackOverflowError unexpected) {
        error = new UnexpectedError(context.facts(), unexpected);
      }
      if (reply == null) {
        active.remove(this);
      } else {
        streamed = reply;
        reply.whenEnded(() -> active.remove(this));
      }
      finish(value, error, reply);
    }

    private void finish(@Nullable T value, @Nullable Throwable error, @Nullable Reply reply) {
      if (error instanceof CancellationException) {
        events.callCancelled(context.elapsed());
        outer.cancel(false);
        return;
      }
      FetchError failed = error instanceof FetchError known ? known : null;
      if (error != null && failed == null) {
        failed = new UnexpectedError(context.facts(), error);
      }
      events.callEnded(context.elapsed(), failed);
      FetchError ending = failed;
      onDependentsThread(() -> complete(value, ending, reply));
    }

    @SuppressWarnings("NullAway") // The value is null only beside an error, or for Void.
    private void complete(@Nullable T value, @Nullable FetchError error, @Nullable Reply reply) {
      boolean delivered =
          error == null ? outer.complete(value) : outer.completeExceptionally(error);
      if (reply != null && (!delivered || error != null)) {
        reply.discard();
      }
    }

    @Override
    public boolean isSent() {
      return context.facts().mayHaveBeenProcessed();
    }

    @Override
    public void closeNow() {
      Reply open = streamed;
      if (open != null) {
        open.discard();
        return;
      }
      CallFacts facts = context.facts();
      outer.completeExceptionally(
          facts.mayHaveBeenProcessed()
              ? new CancellationException("the client was closed; the call may have been processed")
              : new ClientClosedError(facts));
    }
  }

  private void onDependentsThread(Runnable completion) {
    if (dependents == null) {
      completion.run();
      return;
    }
    try {
      dependents.execute(completion);
    } catch (RejectedExecutionException refused) {
      // A future that never ends would be worse than a dependent on the call's thread.
      completion.run();
    }
  }
}
