package dev.fetchwell.testkit;

import java.io.Serial;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** A logger that keeps its lines. */
public final class LogLines extends AbstractLogger {

  @Serial private static final long serialVersionUID = 1L;

  private final transient Queue<String> written = new ConcurrentLinkedQueue<>();
  private volatile Level least = Level.TRACE;

  /** What was written, such as {@code "DEBUG some text"}. */
  public List<String> written() {
    return List.copyOf(written);
  }

  /** Forgets what was written. */
  public void clear() {
    written.clear();
  }

  /** Turns lower levels off. */
  public void least(Level level) {
    least = level;
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return "";
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
    written.add(level + " " + MessageFormatter.basicArrayFormat(pattern, arguments));
  }

  private boolean isOn(Level level) {
    return level.toInt() >= least.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return isOn(Level.TRACE);
  }

  @Override
  public boolean isTraceEnabled(Marker marker) {
    return isOn(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isOn(Level.DEBUG);
  }

  @Override
  public boolean isDebugEnabled(Marker marker) {
    return isOn(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isOn(Level.INFO);
  }

  @Override
  public boolean isInfoEnabled(Marker marker) {
    return isOn(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isOn(Level.WARN);
  }

  @Override
  public boolean isWarnEnabled(Marker marker) {
    return isOn(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isOn(Level.ERROR);
  }

  @Override
  public boolean isErrorEnabled(Marker marker) {
    return isOn(Level.ERROR);
  }
}
