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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * What the stages share about one call. The call moves from thread to thread but is on one at a
 * time; a timeout reads from another thread meanwhile, so what changes is volatile and immutable.
 */
public final class CallContext {

  private static final int MAX_HISTORY = 20;

  private final FetchRequest request;
  private final CallOptions options;
  private final ReplyReader<?> reader;
  private final Platform platform;
  private final CallEvents events;
  private final long startNanos;

  /** What a call that goes on where another one broke off begins with; until it has. */
  private volatile @Nullable FetchError brokenOffBy;

  private volatile @Nullable Attempt attempt;
  private volatile boolean processedEarlier;
  private volatile List<FetchError> failures = List.of();
  private volatile long queueNanos;

  /** Attempts that were repeats, which the policy does not count. */
  private volatile int repeats;

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
    this.startNanos = platform.timer().nanoTime();
    this.brokenOffBy = null;
  }

  private CallContext(
      CallContext first, FetchError brokenOffBy, ReplyReader<?> reader, CallEvents events) {
    request = first.request;
    options = first.options;
    this.reader = reader;
    platform = first.platform;
    this.events = events;
    startNanos = platform.timer().nanoTime();
    this.brokenOffBy = brokenOffBy;
    attempt = first.attempt;
    processedEarlier = first.processedEarlier;
    failures = first.failures;
    repeats = first.repeats;
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

  /** The time since the call began. */
  public Duration elapsed() {
    return Duration.ofNanos(platform.timer().nanoTime() - startNanos);
  }

  /** The time until the call's deadline, at least zero. */
  public Duration remaining() {
    Duration left = options.timeout().minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Begins another attempt, or after a redirect goes on with the one that led there. */
  public Attempt beginAttempt(boolean isRetry, boolean onFreshConnection) {
    int number = isRetry ? attempts() + 1 : Math.max(1, attempts());
    Attempt next = new Attempt(number, onFreshConnection, !isRetry && attempts() > 0);
    attempt = next;
    return next;
  }

  /**
   * The attempt that runs, or ran last.
   *
   * @throws IllegalStateException if none was begun
   */
  public Attempt attempt() {
    Attempt now = attempt;
    if (now == null) {
      throw new IllegalStateException("no attempt has begun");
    }
    return now;
  }

  /** What the attempt that runs waits for on the client's side, or an empty string. */
  public String waitsFor() {
    Attempt now = attempt;
    return now == null ? "" : now.waitsFor();
  }

  /** How many attempts were begun. */
  public int attempts() {
    Attempt now = attempt;
    return now == null ? 0 : now.number();
  }

  /** The next attempt is a repeat, which the policy does not count. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // By the thread that has the call.
  public void addRepeat() {
    repeats++;
  }

  /** How many attempts were repeats. */
  public int repeats() {
    return repeats;
  }

  /** Whether it may go again with another token, as a server refused the one that it has; once. */
  public boolean takeTokenRenewal() {
    boolean first = !tokenRenewed;
    tokenRenewed = true;
    return first;
  }

  /** Time that was spent waiting for permits; told by the thread that has the call. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  public void addQueueNanos(long nanos) {
    queueNanos += nanos;
  }

  /** Keeps the error of an attempt that another one follows; the latest ones if there are many. */
  public void addFailure(FetchError error) {
    processedEarlier |= error.mayHaveBeenProcessed();
    List<FetchError> longer = new ArrayList<>(failures);
    longer.add(error);
    failures = List.copyOf(longer.subList(Math.max(0, longer.size() - MAX_HISTORY), longer.size()));
  }

  /** A redirect answered a request that will not be repeated on the next hop. */
  public void addProcessedHop() {
    processedEarlier = true;
  }

  /** The facts for an error that happens now. */
  public CallFacts facts() {
    Attempt now = attempt;
    int started = now == null ? 0 : now.started();
    return new CallFacts(
        request.method().name(),
        RequestUri.redacted(request.url()),
        started,
        elapsed(),
        mayHaveBeenProcessed(),
        now == null ? "" : now.proxy());
  }

  /** Whether the server may have acted on the request, in this attempt or an earlier one. */
  public boolean mayHaveBeenProcessed() {
    Attempt now = attempt;
    return processedEarlier || (now != null && now.mayHaveBeenProcessed());
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
      case STREAMED -> false;
    };
  }

  /** The error with those of earlier attempts suppressed on it. */
  public <E extends FetchError> E withHistory(E error) {
    List<FetchError> earlierOnes = failures;
    failures = List.of();
    for (FetchError earlier : earlierOnes) {
      if (earlier != error) {
        error.addSuppressed(earlier);
      }
    }
    return error;
  }

  CallEnded ended(CallInfo call, @Nullable FetchError error) {
    Attempt last = attempt;
    return new CallEnded(
        call,
        last == null ? 0 : last.status(),
        last == null ? 0 : last.started(),
        last == null ? 0 : last.bytesIn(),
        last == null ? 0 : last.bytesOut(),
        last == null ? "" : last.protocol(),
        Duration.ofNanos(queueNanos),
        elapsed(),
        error);
  }
}
