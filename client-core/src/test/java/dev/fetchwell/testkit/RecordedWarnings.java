package dev.fetchwell.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs of foreign code that threw, until it is closed. */
public final class RecordedWarnings extends Handler implements AutoCloseable {

  private final Logger logger = Logger.getLogger("dev.fetchwell");
  private final List<Throwable> thrown = new CopyOnWriteArrayList<>();

  public RecordedWarnings() {
    logger.setUseParentHandlers(false);
    logger.addHandler(this);
  }

  /** In the order in which it was logged. */
  public List<Throwable> thrown() {
    return thrown;
  }

  @Override
  public void publish(LogRecord line) {
    if (line.getThrown() != null) {
      thrown.add(line.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
  }
}
