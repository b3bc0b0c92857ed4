package dev.fetchwell.examples.console;

import java.io.PrintStream;

/** Shows how far something has come. Thread-safe. */
public interface Bar extends AutoCloseable {

  /** It has come so far, of so much; -1: nobody knows. */
  void show(long done, long total);

  @Override
  void close();

  /**
   * A bar that is drawn over and over on a terminal, and a plain line now and then elsewhere.
   *
   * @param task what is done
   * @param unit what is counted
   * @param size how much of what {@link #show} is told makes one unit
   */
  static Bar open(PrintStream out, String task, String unit, long size) {
    return out == System.out && Terminal.isInteractive()
        ? new DrawnBar(task, unit, size)
        : new PlainBar(out, task, unit, size);
  }
}
