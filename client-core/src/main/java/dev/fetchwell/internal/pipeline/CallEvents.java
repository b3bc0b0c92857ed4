package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.SerialTask;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.observe.CircuitChanged;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.observe.FlightJoined;
import dev.fetchwell.observe.Hedged;
import dev.fetchwell.observe.LimitChanged;
import dev.fetchwell.observe.Queued;
import dev.fetchwell.observe.Redirected;
import dev.fetchwell.observe.RetryScheduled;
import dev.fetchwell.observe.StreamReconnecting;
import dev.fetchwell.observe.Throttled;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens to one call, and tells all listeners. No record is made when nobody listens.
 * Thread-safe: a cancel may end the call on one thread while another begins an attempt.
 */
public final class CallEvents {

  private final CarriedContext carried;
  private final CallCounts counts;
  private final @Nullable Telling telling;

  private CallEvents(@Nullable Telling telling, CallCounts counts, CarriedContext carried) {
    this.carried = carried;
    this.telling = telling;
    this.counts = counts;
  }

  /** Events of any call that nobody listens to, in no context; they are only counted. */
  public static CallEvents unheard(CallCounts counts) {
    return new CallEvents(null, counts, CarriedContext.NONE);
  }

  /**
   * Events of one call.
   *
   * @param call which one; asked for only if anybody listens
   */
  public static CallEvents of(
      Supplier<CallInfo> call, List<CallListener> listeners, CallCounts counts) {
    return of(call, listeners, counts, CarriedContext.NONE);
  }

  /**
   * Events of one call, told in the context of the thread that made it.
   *
   * @param call which one; asked for only if anybody listens
   */
  public static CallEvents of(
      Supplier<CallInfo> call,
      List<CallListener> listeners,
      CallCounts counts,
      CarriedContext carried) {
    Telling telling = listeners.isEmpty() ? null : new Telling(call.get(), listeners, carried);
    return new CallEvents(telling, counts, carried);
  }

  /** The context of the thread that made the call. */
  public CarriedContext carried() {
    return carried;
  }

  /** The call begins. */
  public void callStarted() {
    counts.callStarted();
    if (telling != null) {
      telling.post(new CallStarted(telling.call));
    }
  }

  /** The call ends with a value, or an error. */
  public void callEnded(CallContext context, @Nullable FetchError error) {
    if (error != null) {
      counts.callFailed();
    }
    if (telling != null) {
      telling.post(context.ended(telling.call, error));
    }
  }

  /** The call was cancelled. */
  public void callCancelled(Duration elapsed) {
    if (telling != null) {
      telling.post(new CallCancelled(telling.call, elapsed));
    }
  }

  /** The call waits for a permit. */
  public void queued() {
    if (telling != null) {
      telling.post(new Queued(telling.call));
    }
  }

  /** An attempt begins. */
  public void attemptStarted(int attempt) {
    counts.attemptStarted();
    if (telling != null) {
      telling.post(new AttemptStarted(telling.call, attempt));
    }
  }

  /** An attempt has ended with a reply or an error; one that was given up ends with its call. */
  public void attemptEnded(Attempt attempt, int status, @Nullable FetchError error) {
    if (telling != null) {
      telling.post(
          new AttemptEnded(
              telling.call,
              attempt.number(),
              status,
              error,
              attempt.phases(),
              attempt.exchanged()));
    }
  }

  /** The attempt goes on elsewhere. */
  public void redirected(Attempt attempt, int status, URI target) {
    if (telling != null) {
      telling.post(
          new Redirected(
              telling.call,
              attempt.number(),
              status,
              target,
              attempt.phases(),
              attempt.exchanged()));
    }
  }

  /** The number of the call; 0 if nobody listens. */
  public long callId() {
    return telling == null ? 0 : telling.call.id();
  }

  /** Whether anybody listens. */
  public boolean isHeard() {
    return telling != null;
  }

  /** How much of each body those who listen want to see. */
  public int bodyBytes() {
    return telling == null ? 0 : telling.bodyBytes;
  }

  /** Another attempt will begin. */
  public void retryScheduled(int nextAttempt, Duration delay, FetchError error) {
    counts.retryScheduled();
    if (telling != null) {
      telling.post(new RetryScheduled(telling.call, nextAttempt, delay, error));
    }
  }

  /** An attempt waits before it may be sent. */
  public void throttled(Throttled.Reason reason, String key, Duration delay) {
    if (telling != null) {
      telling.post(new Throttled(telling.call, reason, key, delay));
    }
  }

  /**
   * Another attempt begins beside a slow one. Notes it for {@link #tell()}, so that it can be
   * called under a lock.
   */
  public void hedged(int attempt, Duration after) {
    counts.attemptStarted();
    if (telling != null) {
      telling.add(new Hedged(telling.call, attempt, after));
      telling.add(new AttemptStarted(telling.call, attempt));
    }
  }

  /** An attempt has ended that another one runs beside. Notes it for {@link #tell()} likewise. */
  public void setAside(int attempt, int status, @Nullable FetchError error) {
    if (telling != null) {
      telling.add(new AttemptEnded(telling.call, attempt, status, error));
    }
  }

  /** Tells what was noted. */
  public void tell() {
    if (telling != null) {
      telling.tell();
    }
  }

  /** The call shares another one's answer. */
  public void flightJoined() {
    if (telling != null) {
      telling.post(new FlightJoined(telling.call));
    }
  }

  /** The call made a circuit breaker change its state. */
  public void circuitChanged(String host, CircuitState from, CircuitState to) {
    if (telling != null) {
      telling.post(new CircuitChanged(telling.call, host, from, to));
    }
  }

  /** The call made an adaptive limit change. */
  public void limitChanged(String host, int from, int to) {
    if (telling != null) {
      telling.post(new LimitChanged(telling.call, host, from, to));
    }
  }

  /** The stream that the call belonged to, which has ended, connects again after a delay. */
  public void streamReconnecting(
      Duration delay, @Nullable FetchError cause, boolean hasLastEventId) {
    if (telling != null) {
      telling.post(new StreamReconnecting(telling.call, delay, cause, hasLastEventId));
    }
  }

  /**
   * Hands events over one at a time, in their order, and none after the call's end but that its
   * stream goes on, and that a circuit breaker has taken note of it.
   */
  private static final class Telling {

    private final CallInfo call;
    private final List<CallListener> listeners;
    private final CarriedContext context;
    private final int bodyBytes;
    private final ConcurrentLinkedQueue<Object> events = new ConcurrentLinkedQueue<>();
    private final SerialTask telling = new SerialTask(this::tellAll);

    /** Of the task, as is the next: the attempts whose end has not been told. */
    private final Set<Integer> openAttempts = new LinkedHashSet<>();

    private boolean over;

    private Telling(CallInfo call, List<CallListener> listeners, CarriedContext context) {
      this.context = context;
      this.call = call;
      this.listeners = listeners;
      int most = 0;
      for (CallListener listener : listeners) {
        most = Math.max(most, Guard.get(listener::bodyBytes, 0));
      }
      bodyBytes = most;
    }

    private void post(Object event) {
      add(event);
      tell();
    }

    private void add(Object event) {
      events.add(event);
    }

    private void tell() {
      telling.run();
    }

    private void tellAll() {
      for (Object event = events.poll(); event != null; event = events.poll()) {
        boolean mayFollow = event instanceof StreamReconnecting || event instanceof CircuitChanged;
        if (!over || mayFollow) {
          tellInOrder(event);
        }
      }
    }

    private void tellInOrder(Object event) {
      if (event instanceof AttemptStarted started) {
        openAttempts.add(started.attempt());
      } else if (event instanceof AttemptEnded ended) {
        openAttempts.remove(ended.attempt());
      } else if (event instanceof CallEnded || event instanceof CallCancelled) {
        over = true;
        openAttempts.forEach(open -> tell(new AttemptEnded(call, open, 0, null)));
      }
      tell(event);
    }

    private void tell(Object event) {
      for (CallListener listener : listeners) {
        Guard.run(() -> context.run(() -> tell(listener, event)));
      }
    }

    private static void tell(CallListener listener, Object event) {
      if (event instanceof CallStarted one) {
        listener.callStarted(one);
      } else if (event instanceof Queued one) {
        listener.queued(one);
      } else if (event instanceof AttemptStarted one) {
        listener.attemptStarted(one);
      } else if (event instanceof AttemptEnded one) {
        listener.attemptEnded(one);
      } else if (event instanceof RetryScheduled one) {
        listener.retryScheduled(one);
      } else if (event instanceof Redirected one) {
        listener.redirected(one);
      } else if (event instanceof StreamReconnecting one) {
        listener.streamReconnecting(one);
      } else if (event instanceof Throttled one) {
        listener.throttled(one);
      } else if (event instanceof Hedged one) {
        listener.hedged(one);
      } else if (event instanceof FlightJoined one) {
        listener.flightJoined(one);
      } else if (event instanceof CircuitChanged one) {
        listener.circuitChanged(one);
      } else if (event instanceof LimitChanged one) {
        listener.limitChanged(one);
      } else if (event instanceof CallEnded one) {
        listener.callEnded(one);
      } else if (event instanceof CallCancelled one) {
        listener.callCancelled(one);
      }
    }
  }
}
