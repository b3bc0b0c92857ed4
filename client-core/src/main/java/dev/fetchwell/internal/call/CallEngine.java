package dev.fetchwell.internal.call;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallerFuture;
import dev.fetchwell.internal.async.Following;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.StackRoom;
import dev.fetchwell.internal.call.ActiveCalls.ActiveCall;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallCounts;
import dev.fetchwell.internal.pipeline.CallEvents;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.CarriedContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ContextCarrier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Runs calls through the pipeline and hands their results to the callers' futures. */
final class CallEngine {

  private static final AtomicLong IDS = new AtomicLong();

  private final Stage pipeline;
  private final Platform platform;
  private final ActiveCalls active;
  private final CallCounts counts;

  /** Of all calls that nobody listens to. */
  private final CallEvents unheard;

  /** Replaced as a whole when one is added. */
  private volatile List<CallListener> listeners;

  private final List<ContextCarrier> carriers;
  private final @Nullable Executor dependents;

  CallEngine(
      Stage pipeline,
      Platform platform,
      ActiveCalls active,
      CallCounts counts,
      List<CallListener> listeners,
      List<ContextCarrier> carriers,
      @Nullable Executor dependents) {
    this.carriers = carriers;
    this.pipeline = pipeline;
    this.platform = platform;
    this.active = active;
    this.counts = counts;
    this.unheard = CallEvents.unheard(counts);
    this.listeners = listeners;
    this.dependents = dependents;
  }

  /** Tells a listener of the calls that begin from now on. */
  synchronized void listen(CallListener listener) {
    List<CallListener> more = new ArrayList<>(listeners);
    more.add(listener);
    listeners = List.copyOf(more);
  }

  /** Tells it of no further call; again it does nothing. */
  synchronized void ignore(CallListener listener) {
    List<CallListener> fewer = new ArrayList<>(listeners);
    fewer.removeIf(known -> known == listener);
    listeners = List.copyOf(fewer);
  }

  /** Whether anybody listens. */
  boolean isHeard() {
    return !hearing().isEmpty();
  }

  /** All who listen, or none if none of them wants to hear of a call now. */
  private List<CallListener> hearing() {
    List<CallListener> all = listeners;
    for (CallListener listener : all) {
      if (Guard.get(listener::hears, true)) {
        return all;
      }
    }
    return List.of();
  }

  <T extends @Nullable Object> CompletableFuture<T> run(
      FetchRequest request, CallOptions options, ReplyReader<T> reader) {
    return run(request, options, reader, dependents);
  }

  /** A call of the library's own, which goes on at once on the call's thread. */
  <T extends @Nullable Object> CompletableFuture<T> runInside(
      FetchRequest request, CallOptions options, ReplyReader<T> reader) {
    return run(request, options, reader, null);
  }

  private <T extends @Nullable Object> CompletableFuture<T> run(
      FetchRequest request,
      CallOptions options,
      ReplyReader<T> reader,
      @Nullable Executor whereDependentsRun) {
    StackRoom.check();
    CarriedContext carried = CarriedContext.noted(carriers);
    CallEvents events = events(request, options, carried);
    CallContext context = new CallContext(request, options, reader, platform, events);
    Running<T> running = new Running<>(context, reader, whereDependentsRun);
    running.start();
    return running;
  }

  /** Does nothing for the future of a call that was never made. */
  static void tellReconnecting(
      CompletableFuture<?> call,
      Duration delay,
      @Nullable FetchError cause,
      boolean hasLastEventId) {
    if (call instanceof Running<?> running) {
      CallEvents events = running.context.latest().events();
      events.streamReconnecting(delay, cause, hasLastEventId);
    }
  }

  /** Runs what completes a caller's future where the client's futures complete. */
  void onDependentsThread(Runnable completion) {
    onThreadOf(dependents, completion);
  }

  private static void onThreadOf(@Nullable Executor dependents, Runnable completion) {
    if (dependents == null) {
      completion.run();
      return;
    }
    AtomicBoolean begun = new AtomicBoolean();
    Runnable once =
        () -> {
          if (begun.compareAndSet(false, true)) {
            completion.run();
          }
        };
    try {
      dependents.execute(once);
    } catch (Throwable refused) {
      // A future that never ends would be worse than a dependent on the call's thread; and it
      // may have run, or run later, all the same.
      once.run();
    }
  }

  private CallEvents events(FetchRequest request, CallOptions options, CarriedContext carried) {
    List<CallListener> hearing = hearing();
    return hearing.isEmpty() && carried == CarriedContext.NONE
        ? unheard
        : CallEvents.of(() -> info(request, options), hearing, counts, carried);
  }

  /** From here on the client knows the open call, and no longer the future. */
  private void endsWithItsBody(ActiveCall future, Reply reply) {
    OpenCall open = new OpenCall(reply);
    active.replace(future, open);
    reply.whenEnded(() -> active.remove(open));
  }

  /** Knows nothing of the future, which knows the response: that would keep itself reachable. */
  private Reply reopening(Reply reply, CallContext context, ReplyReader<?> reader) {
    OpenBody body = reply.open();
    // The body of a call that goes on for another one belongs to that one's.
    return body == null || reader == ReplyReaders.REPLY || !context.options().reopensBody()
        ? reply
        : reply.withOpen(new ReopeningBody(reply, body, error -> reopen(context, error)));
  }

  /**
   * A streamed body broke off before its first byte; runs on the thread that reads it. What goes on
   * is a call of its own: this one has ended at its headers.
   */
  private CompletableFuture<Reply> reopen(CallContext first, FetchError error) {
    CallContext last = first.latest();
    CallEvents events = events(last.request(), last.options(), last.events().carried());
    CallContext next = last.goingOnAfter(error, ReplyReaders.REPLY, events);
    Running<Reply> again = new Running<>(next, ReplyReaders.REPLY, null);
    again.start();
    return again;
  }

  private static CallInfo info(FetchRequest request, CallOptions options) {
    return new CallInfo(
        IDS.incrementAndGet(),
        request.method().name(),
        request.url(),
        request.host(),
        options.tag(),
        options.template());
  }

  /**
   * One call, and the future that its caller gets. The pipeline's future ends exactly once and then
   * {@link #succeeded} or {@link #failed} runs, also when the caller ended this one before.
   */
  private final class Running<T extends @Nullable Object> extends CallerFuture<T>
      implements ActiveCall, Following<Reply> {

    private final CallContext context;
    private final ReplyReader<T> reader;
    private final @Nullable Executor dependents;

    /** A reply whose body outlives this future; written before that completes. */
    private volatile @Nullable Reply streamed;

    private Running(CallContext context, ReplyReader<T> reader, @Nullable Executor dependents) {
      this.context = context;
      this.reader = reader;
      this.dependents = dependents;
    }

    private void start() {
      context.events().callStarted();
      if (!active.add(this)) {
        ClientClosedError closed = new ClientClosedError(context.facts());
        context.events().callEnded(context, closed);
        completeExceptionally(closed);
        return;
      }
      context.start().begin();
      try {
        follow(pipeline.sent(context.request(), context), this);
      } finally {
        context.start().end();
      }
    }

    @Override
    public void succeeded(Reply reply) {
      if (reply.isError() && !context.wantsAnyStatus()) {
        HttpStatusError error = context.withHistory(reply.error(context));
        end(null, error);
        return;
      }
      if (!context.isStreaming()) {
        end(reply.value(), null);
        return;
      }
      Reply reopening = reopening(reply, context, reader);
      // In this order: from then on the body's end is the call's.
      endsWithItsBody(this, reopening);
      streamed = reopening;
      try {
        end(reader.read(reopening, context), null);
      } catch (Throwable thrown) {
        reopening.cancel();
        failed(thrown);
      }
    }

    @Override
    public void failed(Throwable thrown) {
      if (thrown instanceof CancellationException) {
        active.remove(this);
        context.events().callCancelled(context.elapsed());
        cancel(false);
        return;
      }
      end(null, context.error(thrown));
    }

    @SuppressWarnings("unchecked") // The reader made the value.
    private void end(@Nullable Object value, @Nullable FetchError error) {
      if (streamed == null) {
        active.remove(this);
      }
      context.events().callEnded(context, error);
      CarriedContext carried = context.events().carried();
      if (dependents == null && carried == CarriedContext.NONE) {
        complete((T) value, error);
      } else {
        onThreadOf(dependents, () -> carried.run(() -> complete((T) value, error)));
      }
    }

    @SuppressWarnings("NullAway") // The value is null only beside an error, or for Void.
    private void complete(@Nullable T value, @Nullable FetchError error) {
      boolean delivered = error == null ? complete(value) : completeExceptionally(error);
      Reply open = streamed;
      if (open != null && (!delivered || error != null)) {
        open.cancel();
      }
    }

    /**
     * However this ended, also if something was thrown on the way: a client must not wait for it.
     */
    @Override
    protected void givenUp() {
      if (streamed == null) {
        active.remove(this);
      }
    }

    @Override
    public boolean isSent() {
      return context.mayHaveBeenProcessed();
    }

    @Override
    public void closeNow() {
      Reply open = streamed;
      if (open != null) {
        open.cancel();
      } else {
        completeExceptionally(context::cutOff);
      }
    }
  }
}
