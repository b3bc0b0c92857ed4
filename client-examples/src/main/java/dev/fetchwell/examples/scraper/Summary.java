package dev.fetchwell.examples.scraper;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts rows by their result. Used by one thread at a time. */
public final class Summary {

  private final Map<String, Sum> sums = new TreeMap<>();

  /** Counts a row. */
  public void add(PageRow row) {
    sums.merge(row.result(), new Sum(1, row.bytes(), row.attempts(), row.millis()), Sum::plus);
  }

  /** How many rows have this result. */
  public int count(String result) {
    Sum sum = sums.get(result);
    return sum == null ? 0 : sum.rows();
  }

  /** How many rows there are. */
  public int rows() {
    return sums.values().stream().mapToInt(Sum::rows).sum();
  }

  /** Prints a table. */
  public void print(PrintStream out, Duration elapsed) {
    Sum total = sums.values().stream().reduce(new Sum(0, 0, 0, 0), Sum::plus);
    out.printf(
        Locale.ROOT, "%-20s %8s %10s %10s %10s%n", "result", "rows", "KiB", "requests", "avg ms");
    sums.forEach((result, sum) -> print(out, result, sum));
    print(out, "in all", total);
    double seconds = elapsed.toMillis() / 1000.0;
    out.printf(Locale.ROOT, "%.1f s, %.0f rows per second%n", seconds, total.rows() / seconds);
  }

  private static void print(PrintStream out, String result, Sum sum) {
    long average = sum.rows() == 0 ? 0 : sum.millis() / sum.rows();
    out.printf(
        Locale.ROOT,
        "%-20s %8d %10d %10d %10d%n",
        result,
        sum.rows(),
        sum.bytes() / 1024,
        sum.attempts(),
        average);
  }

  private record Sum(int rows, long bytes, long attempts, long millis) {

    Sum plus(Sum other) {
      return new Sum(
          rows + other.rows, bytes + other.bytes, attempts + other.attempts, millis + other.millis);
    }
  }
}
