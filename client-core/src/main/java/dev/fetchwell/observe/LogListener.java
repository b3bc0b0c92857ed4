package dev.fetchwell.observe;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.error.UnexpectedError;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes a line for each call to SLF4J: what was asked, what came of it, how long it took, and why
 * it was tried again. Addresses are redacted, and no header and no body is shown.
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
 * <p>Thread-safe. Where {@code WARN} is off, it only asks the logger.
 */
public final class LogListener implements CallListener {

  /** The name of the logger that {@link #create} writes to. */
  public static final String LOGGER = "dev.fetchwell.calls";

  private final Logger logger;

  /** Why calls that run were tried again; by identity, as {@code CallInfo} has no other. */
  private final ConcurrentHashMap<CallInfo, List<String>> retries = new ConcurrentHashMap<>();

  private LogListener(Logger logger) {
    this.logger = logger;
  }

  /** Writes to the logger {@value #LOGGER}. */
  public static LogListener create() {
    return new LogListener(LoggerFactory.getLogger(LOGGER));
  }

  /** Writes to a logger of your own. */
  public static LogListener to(Logger logger) {
    return new LogListener(Objects.requireNonNull(logger, "logger"));
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
            call.tag().isEmpty() ? "" : call.tag() + " ",
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
