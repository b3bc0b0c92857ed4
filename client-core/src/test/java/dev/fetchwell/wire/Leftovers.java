package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.CallThreads;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SystemTimer;
import dev.fetchwell.testkit.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** What a test must not leave behind in the process, and what nobody may say meanwhile. */
final class Leftovers {

  /** Tells of every broken connection; held here, or the setting is garbage collected. */
  private static final Logger MOCK_SERVER = Logger.getLogger("mockwebserver3");

  private static final Logger ROOT = Logger.getLogger("");

  private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream stderr = System.err;
  private final Handler handler = new Recorder();
  private Thread.@Nullable UncaughtExceptionHandler before;

  void watch() {
    MOCK_SERVER.setLevel(Level.OFF);
    before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    ROOT.addHandler(handler);
    System.setErr(new PrintStream(new Tee(), true, StandardCharsets.UTF_8));
  }

  void stopWatching() {
    System.setErr(stderr);
    ROOT.removeHandler(handler);
    Thread.setDefaultUncaughtExceptionHandler(before);
  }

  void check() {
    SystemTimer timer = (SystemTimer) Platform.system().timer();
    Eventually.holds(
        () -> timer.pending() == 0,
        () -> "no timer left, are " + timer.pending(),
        ClientsAndServers.SETTLES);
    // Virtual threads cannot be counted; platform ones that wait for work are not active.
    if (CallThreads.shared() instanceof ThreadPoolExecutor pool) {
      Eventually.holds(
          () -> pool.getActiveCount() == 0,
          () -> "no thread at work: " + stacks(),
          ClientsAndServers.SETTLES);
    }
    assertThat(uncaught).isEmpty();
    assertThat(logged).isEmpty();
    assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("OkHttp", "okhttp3");
  }

  private static List<String> stacks() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getName().matches("fetchwell-[0-9]+"))
        .map(each -> each.getKey().getName() + " " + List.of(each.getValue()))
        .toList();
  }

  private final class Tee extends OutputStream {

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      printed.write(bytes, offset, length);
      stderr.write(bytes, offset, length);
    }
  }

  private final class Recorder extends Handler {

    @Override
    public void publish(LogRecord entry) {
      String logger = String.valueOf(entry.getLoggerName());
      if (logger.startsWith("okhttp3") || logger.startsWith("dev.fetchwell")) {
        logged.add(logger + ": " + entry.getMessage() + " " + entry.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
