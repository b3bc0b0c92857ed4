package dev.fetchwell.observe;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.text.Checks;
import dev.fetchwell.internal.text.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes a line for each call to SLF4J: what was asked, what came of it, how long it took, and why
 * it was tried again. Addresses are redacted; headers and bodies are shown only if asked for.
 *
 * <pre>{@code
 * AsyncHttpClient.builder().listener(LogListener.create()).build();
 *
 * DEBUG dev.fetchwell.calls - GET https://api.example.com/users/7?q=***: 200 in 212 ms, 2 attempts (503)
 * }</pre>
 *
 * <p>Lines are at {@code DEBUG}. Those of calls that failed because the server does not do well (a
 * status from 500 on, time that ran out, a connection that failed), or because of a bug, are at
 * {@code WARN}: none comes while all is well, and a refusal that the server means, such as a 404 or
 * a 429, is none.
 *
 * <p>{@link #withHeaders} and {@link #withBodies} add two lines for each attempt, at {@code DEBUG}:
 *
 * <pre>{@code
 * LogListener.create().withHeaders().withBodies(1_000).redactHeader("X-Customer");
 *
 * DEBUG --> POST https://api.example.com/users (call 7, attempt 1) [Authorization: ***] {"name":"Ada"}
 * DEBUG <-- 201 POST https://api.example.com/users (call 7, attempt 1) in 43 ms [Server: x] {"id":7}
 * }</pre>
 *
 * <p>Each is one line whatever is in it: line ends and other characters that cannot be seen are
 * escaped.
 *
 * <p>Immutable and thread-safe. Where {@code WARN} is off, it only asks the logger.
 */
public final class LogListener implements CallListener {

  /** The name of the logger that {@link #create} writes to. */
  public static final String LOGGER = "dev.fetchwell.calls";

  private final Logger logger;
  private final LoggedExchange shown;

  /** Why calls that run were tried again; by identity, as {@code CallInfo} has no other. */
  private final ConcurrentHashMap<CallInfo, List<String>> retries = new ConcurrentHashMap<>();

  private LogListener(Logger logger, LoggedExchange shown) {
    this.logger = logger;
    this.shown = shown;
  }

  /** Writes to the logger {@value #LOGGER}. */
  public static LogListener create() {
    return to(LoggerFactory.getLogger(LOGGER));
  }

  /** Writes to a logger of your own. */
  public static LogListener to(Logger logger) {
    return new LogListener(
        Objects.requireNonNull(logger, "logger"), new LoggedExchange(false, 0, Set.of()));
  }

  /**
   * The same with the headers of each attempt, those that the connection adds (such as {@code
   * Host}) left out. Secrets are never shown: secret headers, {@code Authorization}, {@code
   * Cookie}, {@code Set-Cookie} and whatever else is named like a secret; nor are query values, as
   * of a {@code Location}.
   */
  public LogListener withHeaders() {
    return new LogListener(logger, new LoggedExchange(true, shown.bodyBytes(), shown.hidden()));
  }

  /**
   * The same with the bodies of each attempt. What is text by its media type (text, JSON, XML, a
   * form) is shown <em>as it is, passwords included</em>; of all else, and of a request's body that
   * is not in memory, only type and size. A streamed answer is not shown.
   *
   * @param limit how many bytes of each body, from 1
   */
  public LogListener withBodies(int limit) {
    Checks.atLeast("limit", limit, 1);
    return new LogListener(logger, new LoggedExchange(shown.headers(), limit, shown.hidden()));
  }

  /** The same with the values of another header hidden; case does not matter. */
  public LogListener redactHeader(String name) {
    Set<String> hidden = new HashSet<>(shown.hidden());
    hidden.add(Objects.requireNonNull(name, "name").toLowerCase(Locale.ROOT));
    return new LogListener(
        logger, new LoggedExchange(shown.headers(), shown.bodyBytes(), Set.copyOf(hidden)));
  }

  /** One byte more than is shown: whether there is more is shown, too. */
  @Override
  public int bodyBytes() {
    int shownBytes = shown.bodyBytes();
    return shownBytes == 0 || !logger.isDebugEnabled()
        ? 0
        : (int) Math.min(Integer.MAX_VALUE, shownBytes + 1L);
  }

  @Override
  public void redirected(Redirected event) {
    Exchanged exchanged = event.exchanged();
    if (exchanged != null && shown.showsAnything() && logger.isDebugEnabled()) {
      exchanged(
          event.call(),
          event.attempt(),
          exchanged,
          Integer.toString(event.status()),
          event.phases());
    }
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    Exchanged exchanged = event.exchanged();
    if (exchanged != null && shown.showsAnything() && logger.isDebugEnabled()) {
      FetchError error = event.error();
      String outcome = error == null ? Integer.toString(event.status()) : described(error);
      exchanged(event.call(), event.attempt(), exchanged, outcome, event.phases());
    }
  }

  private void exchanged(
      CallInfo call, int attempt, Exchanged exchanged, String outcome, Phases phases) {
    String sent = exchanged.request().toString();
    logger.debug(
        "--> {} (call {}, attempt {}){}", sent, call.id(), attempt, shown.request(exchanged));
    logger.debug(
        "<-- {} {} (call {}, attempt {}) in {} ms{}",
        outcome,
        sent,
        call.id(),
        attempt,
        phases.onTheWire().toMillis(),
        shown.answer(exchanged));
  }

  /** Only where the logger takes warnings, at least. */
  @Override
  public boolean hears() {
    return logger.isWarnEnabled();
  }

  @Override
  public void retryScheduled(RetryScheduled event) {
    if (logger.isWarnEnabled()) {
      retries
          .computeIfAbsent(event.call(), call -> new CopyOnWriteArrayList<>())
          .add(reason(event.error()));
    }
  }

  @Override
  public void callEnded(CallEnded event) {
    List<String> reasons = retries.remove(event.call());
    FetchError error = event.error();
    Level level = error != null && isTrouble(error) ? Level.WARN : Level.DEBUG;
    if (!logger.isEnabledForLevel(level)) {
      return;
    }
    CallInfo call = event.call();
    logger
        .atLevel(level)
        .log(
            "{}{} {}: {} in {} ms{}{}",
            call.tag().isEmpty() ? "" : Printable.of(call.tag()) + " ",
            call.method(),
            call.url(),
            error == null ? event.status() : described(error),
            event.elapsed().toMillis(),
            event.queueTime().isZero() ? "" : ", queued " + event.queueTime().toMillis() + " ms",
            reasons == null
                ? ""
                : ", " + event.attempts() + " attempts (" + String.join(", ", reasons) + ")");
  }

  @Override
  public void callCancelled(CallCancelled event) {
    retries.remove(event.call());
    logger.debug(
        "{} {}: cancelled after {} ms",
        event.call().method(),
        event.call().url(),
        event.elapsed().toMillis());
  }

  private static boolean isTrouble(FetchError error) {
    boolean outOfTime =
        error instanceof FetchTimeoutError timeout
            && timeout.phase() != FetchTimeoutError.Phase.QUEUE;
    return outOfTime
        || error instanceof ServerStatusError
        || error instanceof ConnectionError
        || error instanceof UnexpectedError;
  }

  private static String described(FetchError error) {
    return error instanceof HttpStatusError failed
        ? Integer.toString(failed.status())
        : reason(error);
  }

  private static String reason(FetchError error) {
    if (error instanceof HttpStatusError failed) {
      return Integer.toString(failed.status());
    }
    if (error instanceof ConnectionError broken) {
      return broken.kind().name();
    }
    return error instanceof FetchTimeoutError timeout
        ? timeout.phase() + " timeout"
        : error.getClass().getSimpleName();
  }
}
