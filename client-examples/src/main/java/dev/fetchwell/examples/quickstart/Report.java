package dev.fetchwell.examples.quickstart;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.demo.DemoServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the Quickstart prints: what was done, what came out, how long it took, and whether each
 * claim about it is true. Used by one thread.
 */
public final class Report {

  private static final int WIDTH = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final PrintStream out;
  private final List<String> missing = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private String section = "";
  private int claims;

  /** A report in plain ASCII. */
  public Report(PrintStream out) {
    this.out = out;
  }

  /** Prints the first line. */
  public void begin(String title) {
    out.println(title);
  }

  /** Shows a section; if it throws, that is something which did not happen. */
  public void run(Section shown, DemoServer server) {
    section = shown.title();
    out.println();
    out.println(section);
    out.println("-".repeat(section.length()));
    try {
      shown.show(server, this);
    } catch (Exception | AssertionError thrown) {
      claim("the section ran to its end, without " + thrown, false);
    }
  }

  /** Waits for a call, prints it with its value and its time, and returns the value. */
  public <T> T call(String code, Supplier<CompletableFuture<T>> call) {
    long start = System.nanoTime();
    T value = call.get().join();
    timed("  " + code, start);
    String shown = String.valueOf(value);
    int room = WIDTH - 6;
    out.println("    = " + (shown.length() <= room ? shown : shown.substring(0, room - 3) + "..."));
    return value;
  }

  /** Prints something that was done and took no call's time. */
  public void done(String what) {
    out.println("  " + what);
  }

  /** Prints a claim and whether it is true. */
  public void claim(String claim, boolean happened) {
    claims++;
    out.println((happened ? "  ok  " : "  NO  ") + claim);
    if (!happened) {
      missing.add(section.isEmpty() ? claim : section + ": " + claim);
    }
  }

  /** A claim about another thread's doing, which may take a moment to come true. */
  public void claimSoon(String claim, BooleanSupplier happened) {
    claim(claim, becomesTrue(happened));
  }

  /** Waits until something is true, for some seconds at most. */
  public static boolean becomesTrue(BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    return condition.getAsBoolean();
  }

  /**
   * Claims that a call ends with an error of this type, about which the facts are true, and prints
   * its message.
   */
  public <E extends FetchError> void error(
      Class<E> type, String when, Supplier<@Nullable FetchError> call, Predicate<E> facts) {
    long start = System.nanoTime();
    @Nullable FetchError error = call.get();
    boolean happened = type.isInstance(error) && facts.test(type.cast(error));
    claims++;
    String line = String.format(Locale.ROOT, "%-20s %s", type.getSimpleName(), when);
    timed((happened ? "  ok  " : "  NO  ") + line, start);
    out.println("      " + (error == null ? "no error" : error.getMessage()));
    if (!happened) {
      missing.add(section + ": " + line + ", but: " + error);
    }
  }

  /** Prints the summary; whether all claims are true. */
  public boolean end() {
    out.println();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (missing.isEmpty()) {
      out.printf(Locale.ROOT, "All %d claims are true. It took %.1f s.%n", claims, seconds);
      return true;
    }
    out.printf(
        Locale.ROOT, "%d of %d claims are NOT true (%.1f s):%n", missing.size(), claims, seconds);
    missing.forEach(claim -> out.println("  " + claim));
    return false;
  }

  private void timed(String line, long start) {
    String millis = (System.nanoTime() - start) / 1_000_000 + " ms";
    int gap = Math.max(2, WIDTH - line.length() - millis.length());
    out.println(line + " ".repeat(gap) + millis);
  }
}
