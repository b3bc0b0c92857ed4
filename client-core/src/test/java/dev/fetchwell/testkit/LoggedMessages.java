package dev.fetchwell.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs meanwhile. */
public final class LoggedMessages extends Handler implements AutoCloseable {

  /** Held here, or it is garbage collected with this handler. */
  private final Logger logger = Logger.getLogger("dev.fetchwell");

  private final List<LogRecord> records = new CopyOnWriteArrayList<>();

  /** Listens from now on. */
  public LoggedMessages() {
    logger.addHandler(this);
    logger.setUseParentHandlers(false);
  }

  /** Lets the library log at this level as well. */
  public LoggedMessages at(Level level) {
    logger.setLevel(level);
    return this;
  }

  /** The warnings' texts. */
  public List<String> warnings() {
    return warningRecords().stream().map(LogRecord::getMessage).toList();
  }

  /** The warnings. */
  public List<LogRecord> warningRecords() {
    return records.stream().filter(each -> Level.WARNING.equals(each.getLevel())).toList();
  }

  @Override
  public void publish(LogRecord each) {
    records.add(each);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.removeHandler(this);
    logger.setUseParentHandlers(true);
    logger.setLevel(null);
  }
}
