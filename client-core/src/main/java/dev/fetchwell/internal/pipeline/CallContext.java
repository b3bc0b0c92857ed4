package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What the stages share about one call. The call moves from thread to thread but is on one at a
 * time; a timeout reads from another thread meanwhile, so what changes is volatile and immutable.
 *
 * <p>An attempt {@linkplain #beside() beside} another one has one of its own.
 */
public final class CallContext {

  /** Of one call; what is lost or refused again and again is a failure like others. */
  private static final int MOST_REPEATS = 3;

  private final FetchRequest request;
  private final CallOptions options;
  private final ReplyReader<?> reader;
  private final Platform platform;
  private final CallEvents events;

  /** Of the call, also in the contexts beside this. */
  private final CallTime time;

  /** The call on the wire whose answer this one shares, if it does. */
  private volatile @Nullable CallContext flight;

  /** What a call that goes on where another one broke off begins with; until it has. */
  private volatile @Nullable FetchError brokenOffBy;

  /** Of the call, also in the contexts beside this. */
  private final CallAttempts attempts;

  /** The attempt that this context is about; null: the call's current one. */
  private final @Nullable Attempt hedge;

  private final CallStart start = new CallStart();

  private volatile long queueNanos;

  /** Whether a new token was asked for, as a server refused the one it was sent. */
  private volatile boolean tokenRenewed;

  /** The call that goes on where this one broke off, if there is one. */
  private volatile @Nullable CallContext successor;

  /** A call that begins now. */
  public CallContext(
      FetchRequest request,
      CallOptions options,
      ReplyReader<?> reader,
      Platform platform,
      CallEvents events) {
    this.request = request;
    this.options = options;
    this.reader = reader;
    this.platform = platform;
    this.events = events;
    this.time = CallTime.of(platform.timer(), options.timeout());
    this.attempts = new CallAttempts(events.isHeard() ? platform.timer() : null);
    this.hedge = null;
  }

  private CallContext(
      CallContext first, FetchError brokenOffBy, ReplyReader<?> reader, CallEvents events) {
    request = first.request;
    options = first.options;
    this.reader = reader;
    platform = first.platform;
    this.events = events;
    time = CallTime.of(platform.timer(), options.timeout());
    this.brokenOffBy = brokenOffBy;
    attempts = new CallAttempts(first.attempts);
    hedge = null;
  }

  private CallContext(CallContext call, Attempt hedge) {
    request = call.request;
    options = call.options;
    reader = call.reader;
    platform = call.platform;
    events = call.events;
    time = call.time;
    attempts = call.attempts;
    this.hedge = hedge;
  }

  /** The same call for another attempt beside this one's, which counts once it {@link #admit}s. */
  public CallContext beside() {
    return new CallContext(this, attempts.hedge());
  }

  /**
   * The attempt of this context goes out beside the call's own.
   *
   * @return false if it must not any longer, as an answer is being read
   */
  public boolean admit() {
    return hedge != null && attempts.admit(hedge);
  }

  /** What this attempt came to, of those that ran beside each other, is what counts. */
  public void adopt(Attempt winner) {
    attempts.adopt(winner);
  }

  /** An answer is being read: no attempt goes out beside this one any longer. */
  void answered() {
    attempts.answered();
  }

  private CallContext(CallContext starter, ReplyReader<?> reader) {
    request = starter.request;
    options = starter.options.uncapped();
    this.reader = reader;
    platform = starter.platform;
    events = starter.events;
    time = starter.time.copy();
    attempts = new CallAttempts(events.isHeard() ? platform.timer() : null);
    hedge = null;
  }

  /**
   * The call on the wire that this one begins for itself and for those who join. What happens to it
   * is told as this one's, for as long as this one goes on.
   */
  public CallContext flight(ReplyReader<?> readerOfAll) {
    return new CallContext(this, readerOfAll);
  }

  /** From now on what happens on the wire happens to another call, whose answer this one shares. */
  public void shares(CallContext sharedFlight) {
    flight = sharedFlight;
  }

  /** Somebody has joined who waits for so long from now: the deadline is not before that. */
  public void lastAtLeast(Duration left) {
    time.lastAtLeast(left);
  }

  /** The context of what is on the wire for this call. */
  private CallContext onWire() {
    CallContext shared = flight;
    return shared == null ? this : shared;
  }

  /**
   * A call of its own that goes on where this one broke off, after its headers: with the next
   * attempt, if the policy allows for one, and with a deadline of its own.
   */
  public CallContext goingOnAfter(
      FetchError error, ReplyReader<?> ownReader, CallEvents ownEvents) {
    CallContext next = new CallContext(this, error, ownReader, ownEvents);
    successor = next;
    return next;
  }

  /** The call that went on last where the one before broke off; this, if there is none. */
  public CallContext latest() {
    CallContext now = this;
    for (CallContext next = successor; next != null; next = now.successor) {
      now = next;
    }
    return now;
  }

  /** What broke off the call before, if this one goes on after it; only the first time. */
  public @Nullable FetchError takeBrokenOffBy() {
    FetchError error = brokenOffBy;
    brokenOffBy = null;
    return error;
  }

  /** The request as the caller made it. */
  public FetchRequest request() {
    return request;
  }

  /** What the call goes by. */
  public CallOptions options() {
    return options;
  }

  /** What the caller wants of the reply. */
  public ReplyReader<?> reader() {
    return reader;
  }

  /** Whether no status is an error for the caller. */
  public boolean wantsAnyStatus() {
    return reader.form() == ReplyReader.Form.WHOLE_WITH_ANY_STATUS;
  }

  /** Whether the reply is for several callers, who want it as it is. */
  public boolean isForSeveral() {
    return reader.form() == ReplyReader.Form.SHARED;
  }

  /** Whether a good body is handed over open. */
  public boolean isStreaming() {
    return reader.form() == ReplyReader.Form.STREAMED;
  }

  /** Whether the server is asked to switch protocols. */
  public boolean wantsUpgrade() {
    return reader.form() == ReplyReader.Form.UPGRADED;
  }

  /** Time and threads, for this call. */
  public Platform platform() {
    return platform;
  }

  /** Where to tell what happens. */
  public CallEvents events() {
    return events;
  }

  /** The moment in which it is made. */
  public CallStart start() {
    return start;
  }

  /** The time since the call began. */
  public Duration elapsed() {
    return time.elapsed();
  }

  /** The time until the call's deadline, at least zero. */
  public Duration remaining() {
    return time.remaining();
  }

  /** The same in nanoseconds, at a time by the timer's clock. */
  public long remainingNanos(long now) {
    return time.remainingNanos(now);
  }

  /** Begins another attempt, or after a redirect goes on with the one that led there. */
  public Attempt beginAttempt(boolean isRetry, boolean onFreshConnection) {
    return attempts.begin(isRetry, onFreshConnection);
  }

  /**
   * The attempt that runs, or ran last; of some beside each other the one that counts. A stage that
   * works on one attempt keeps the answer: afterwards it may be another one.
   */
  public Attempt attempt() {
    Attempt now = current();
    if (now == null) {
      throw new IllegalStateException("no attempt has begun");
    }
    return now;
  }

  private @Nullable Attempt current() {
    return hedge == null ? attempts.current() : hedge;
  }

  /** The number of {@link #attempt()}, or 0 if none was begun. */
  public int attemptNumber() {
    Attempt now = current();
    return now == null ? 0 : now.number();
  }

  /** What the attempt that runs waits for on the client's side, or an empty string. */
  public String waitsFor() {
    Attempt now = onWire().current();
    return now == null ? "" : now.waitsFor();
  }

  /** How many attempts were begun. */
  public int attempts() {
    return onWire().attempts.begun();
  }

  /** How many of them the retry policy counts: neither repeats nor those beside others. */
  public int countedAttempts() {
    return attempts.counted();
  }

  /** The next attempt is a repeat, which the policy does not count. */
  public void addRepeat() {
    attempts.addRepeat();
  }

  /** How many attempts were repeats. */
  public int repeats() {
    return attempts.repeats();
  }

  /** Whether it may go again with another token, as a server refused the one that it has; once. */
  public boolean takeTokenRenewal() {
    boolean first = !tokenRenewed;
    tokenRenewed = true;
    return first;
  }

  /**
   * Whether an attempt that a stale connection lost, or the server refused unseen, may go again at
   * once and count for nothing. Not for one who wants a single attempt.
   */
  public boolean mayRepeat() {
    return options.retry().maxAttempts() > 1 && repeats() < MOST_REPEATS && !remaining().isZero();
  }

  /**
   * Time that was spent waiting on this side, such as for permits; told by the thread that has the
   * call.
   */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  public void addQueueNanos(long nanos) {
    queueNanos += nanos;
  }

  /** Keeps the error of an attempt that another one follows; the latest ones if there are many. */
  public void addFailure(FetchError error) {
    attempts.addFailure(error);
  }

  /** A redirect answered a request that will not be repeated on the next hop. */
  public void addProcessedHop() {
    attempts.addProcessedHop();
  }

  /** The facts for an error that happens now. */
  public CallFacts facts() {
    CallContext wire = onWire();
    Attempt now = wire.current();
    return new CallFacts(
        request.method().name(),
        RequestUri.redacted(request.url()),
        wire.attempts.started(),
        elapsed(),
        mayHaveBeenProcessed(),
        now == null ? "" : now.proxy());
  }

  /** Whether the server may have acted on the request, in any of the attempts. */
  public boolean mayHaveBeenProcessed() {
    return onWire().attempts.mayHaveBeenProcessed();
  }

  /** What was thrown as a {@code FetchError}: the one place where foreign throwables become one. */
  public FetchError error(Throwable thrown) {
    return thrown instanceof FetchError known ? known : new UnexpectedError(facts(), thrown);
  }

  /** What a call ends with that its client cuts off by closing. */
  public Throwable cutOff() {
    return mayHaveBeenProcessed()
        ? new CancellationException("the client was closed; the call may have been processed")
        : new ClientClosedError(facts());
  }

  /** Whether the caller wants this reply's value, which is made while the call still runs. */
  public boolean readsNow(Reply reply) {
    return switch (reader.form()) {
      case WHOLE, UPGRADED -> !reply.isError() && !reply.leadsOn(this);
      case WHOLE_WITH_ANY_STATUS -> true;
      case STREAMED, SHARED -> false;
    };
  }

  /** The error with those of earlier attempts suppressed on it. */
  public <E extends FetchError> E withHistory(E error) {
    CallContext shared = flight;
    if (shared != null) {
      // Those are the flight's, and every caller gets errors of its own.
      shared
          .attempts
          .failures()
          .forEach(earlier -> error.addSuppressed(earlier.withFacts(earlier.facts())));
      return error;
    }
    for (FetchError earlier : attempts.takeFailures()) {
      if (earlier != error) {
        error.addSuppressed(earlier);
      }
    }
    return error;
  }

  CallEnded ended(CallInfo call, @Nullable FetchError error) {
    CallContext wire = onWire();
    return wire.attempts.ended(call, Duration.ofNanos(wire.queueNanos), elapsed(), error);
  }
}
