package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.concurrent.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the stages share about one call. The call moves from thread to thread but is on one at a
 * time; a timeout reads from another thread meanwhile, so what changes is volatile and immutable.
 */
public final class CallContext {

  private final FetchRequest request;
  private final CallSettings settings;
  private final Timer timer;
  private final CallEvents events;
  private final long startNanos;

  private static final int MAX_HISTORY = 20;

  private volatile @Nullable Attempt attempt;
  private volatile boolean processedEarlier;
  private volatile List<FetchError> failures = List.of();
  private volatile @Nullable Reply lastErrorReply;

  /** A call that begins now. */
  public CallContext(FetchRequest request, CallSettings settings, Timer timer, CallEvents events) {
    this.request = request;
    this.settings = settings;
    this.timer = timer;
    this.events = events;
    this.startNanos = timer.nanoTime();
  }

  /** The request as the caller made it. */
  public FetchRequest request() {
    return request;
  }

  /** What the call goes by. */
  public CallSettings settings() {
    return settings;
  }

  /** Time, for this call. */
  public Timer timer() {
    return timer;
  }

  CallEvents events() {
    return events;
  }

  /** The time since the call began. */
  public Duration elapsed() {
    return Duration.ofNanos(timer.nanoTime() - startNanos);
  }

  /** The time until the call's deadline, at least zero. */
  Duration remaining() {
    Duration left = settings.timeouts().total().minus(elapsed());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Begins another attempt, or after a redirect goes on with the one that led there. */
  Attempt beginAttempt(boolean isRetry, boolean onFreshConnection) {
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

  /** Says whether the attempt waits for a permit; until it has one, no error counts it. */
  void waitsForPermit(boolean waits) {
    Attempt now = attempt;
    if (now != null) {
      now.markWaiting(waits);
    }
  }

  /** How many attempts were begun. */
  public int attempts() {
    Attempt now = attempt;
    return now == null ? 0 : now.number();
  }

  /** Keeps the error of an attempt that another one follows; the latest ones if there are many. */
  void addFailure(FetchError error) {
    processedEarlier |= error.mayHaveBeenProcessed();
    List<FetchError> longer = new ArrayList<>(failures);
    longer.add(error);
    failures = List.copyOf(longer.subList(Math.max(0, longer.size() - MAX_HISTORY), longer.size()));
  }

  /** A redirect answered a request that will not be repeated on the next hop. */
  void addProcessedHop() {
    processedEarlier = true;
  }

  /** The last reply with an error status, whole, for a caller for whom no status is an error. */
  public @Nullable Reply lastErrorReply() {
    return lastErrorReply;
  }

  void keepErrorReply(@Nullable Reply reply) {
    lastErrorReply = reply;
  }

  /** The facts for an error that happens now. */
  public CallFacts facts() {
    Attempt now = attempt;
    boolean processed = processedEarlier || (now != null && now.mayHaveBeenProcessed());
    int started = now == null ? 0 : now.started();
    return new CallFacts(
        request.method().name(), request.uri().redacted(), started, elapsed(), processed);
  }

  /** The error with those of earlier attempts suppressed on it. */
  <E extends FetchError> E withHistory(E error) {
    for (FetchError earlier : failures) {
      if (earlier != error) {
        error.addSuppressed(earlier);
      }
    }
    return error;
  }
}
