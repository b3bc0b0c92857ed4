package dev.fetchwell.examples.benchmark.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM of the same JDK with the same class path, which answers each line with a line. Ends
 * with this object or with this JVM, whichever is first. Confined to one thread.
 */
final class ChildProcess implements AutoCloseable {

  /** The second to fourth: Netty loads libraries, of which newer JDKs warn and 17 knows nothing. */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseG1GC",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final String name;
  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;

  private ChildProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  static ChildProcess start(String name, String heap, Class<?> main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command = new ArrayList<>(List.of(java, "-Xmx" + heap));
    command.addAll(OPTIONS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    try {
      return new ChildProcess(
          name, new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a process for " + name, e);
    }
  }

  /** The answer's parts, which are separated by tabs. */
  List<String> ask(String command) {
    commands.println(command);
    String line;
    try {
      line = answers.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (line == null) {
      throw new IllegalStateException(
          "The process for " + name + " has ended; what it printed stands above.");
    }
    return List.of(line.split("\t", -1));
  }

  @Override
  public void close() {
    commands.close();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
