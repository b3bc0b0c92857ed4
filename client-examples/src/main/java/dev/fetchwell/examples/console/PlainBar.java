package dev.fetchwell.examples.console;

import java.io.PrintStream;
import java.time.Duration;

/** A line at the first step, then at most every half second, and at the end: for build servers. */
final class PlainBar implements Bar {

  private static final long PERIOD = Duration.ofMillis(500).toNanos();

  private final PrintStream out;
  private final String task;
  private final String unit;
  private final long size;
  private long lastNanos = System.nanoTime() - PERIOD;
  private long done;
  private long total = -1;
  private boolean shown = true;

  PlainBar(PrintStream out, String task, String unit, long size) {
    this.out = out;
    this.task = task;
    this.unit = unit;
    this.size = size;
  }

  @Override
  public synchronized void show(long soFar, long inAll) {
    done = soFar;
    total = inAll;
    shown = false;
    if (System.nanoTime() - lastNanos >= PERIOD) {
      print();
    }
  }

  @Override
  public synchronized void close() {
    if (!shown) {
      print();
    }
  }

  private void print() {
    shown = true;
    lastNanos = System.nanoTime();
    String all = total < 0 ? "" : " of " + total / size;
    out.println("  " + task + ": " + done / size + all + " " + unit);
  }
}
