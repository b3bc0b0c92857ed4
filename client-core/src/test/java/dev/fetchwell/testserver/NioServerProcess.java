package dev.fetchwell.testserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A {@link NioServer} in a process of its own, so that its CPU, heap and file descriptors are not
 * the client's. The process ends with this object or with this JVM, whichever is first.
 * Thread-safe.
 */
public final class NioServerProcess implements AutoCloseable {

  private final Process process;
  private final PrintStream commands;
  private final BufferedReader answers;
  private final int port;

  private NioServerProcess(Process process) throws IOException {
    this.process = process;
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
    this.answers = process.inputReader(StandardCharsets.US_ASCII);
    this.port = Integer.parseInt(answer());
  }

  /** Starts the process on this JVM's own JDK and waits for its port. */
  public static NioServerProcess start() {
    try {
      Path classes =
          Path.of(NioServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      List<String> command =
          List.of(java, "-Xmx512m", "-cp", classes.toString(), NioServerMain.class.getName());
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new NioServerProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the server's process", e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** See {@link NioServer#release()}. */
  public void release() {
    command("release");
  }

  /** See {@link NioServer#hold(int)}. */
  public void hold(int requests) {
    command("hold " + requests);
  }

  /** See {@link NioServer#stall()}. */
  public void stall() {
    command("stall");
  }

  /** See {@link NioServer#unavailable()}. */
  public void unavailable() {
    command("unavailable");
  }

  /** See {@link NioServer#resetStatistics()}. */
  public void resetStatistics() {
    command("reset");
  }

  /** See {@link NioServer#statistics()}. */
  public LoadStatistics statistics() {
    return LoadStatistics.parse(command("statistics"));
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

  private synchronized String command(String line) {
    commands.println(line);
    try {
      return answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the server's process has ended");
    }
    return line;
  }
}
