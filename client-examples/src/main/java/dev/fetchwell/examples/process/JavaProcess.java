package dev.fetchwell.examples.process;

import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.postgres.DatabaseOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Another JVM with the same classes. It does not outlive the block that it is opened in. */
public final class JavaProcess implements AutoCloseable {

  private final Process process;
  private final Thread reader;

  private JavaProcess(Process process, Consumer<String> lines) {
    this.process = process;
    this.reader = new Thread(() -> read(process, lines), "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a JVM that needs no database.
   *
   * @param lines gets each line that it prints, on a thread of its own
   */
  public static JavaProcess start(Class<?> main, Consumer<String> lines, List<String> arguments) {
    return started(main, "", lines, arguments);
  }

  /**
   * Starts an example, which records its calls if this one does.
   *
   * @param jdbc the database, which the command line does not show
   * @param lines gets each line that it prints, on a thread of its own
   */
  public static JavaProcess start(
      Class<?> main, String jdbc, Consumer<String> lines, List<String> arguments) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(Recorded.ofAnotherProcess());
    return started(main, jdbc, lines, all);
  }

  private static JavaProcess started(
      Class<?> main, String jdbc, Consumer<String> lines, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(DatabaseOptions.VARIABLE, jdbc);
    try {
      return new JavaProcess(builder.start(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("no second JVM", e);
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      output.lines().forEach(lines);
    } catch (IOException | UncheckedIOException killed) {
      // What it had printed before was read.
    }
  }

  /** The process's number. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it as {@code kill -9} does, without a chance to tidy up. */
  public void kill() {
    process.toHandle().destroyForcibly(); // The process's own method would close its output.
  }

  /** Asks it to end, as {@code kill} does. */
  public void interrupt() {
    process.toHandle().destroy();
  }

  /** Waits for its end, and for what it printed; its exit code. */
  public int await(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("process " + pid() + " has not ended after " + atMost);
    }
    reader.join(Duration.ofSeconds(5).toMillis());
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }
}
