package dev.fetchwell.examples.console;

import dev.fetchwell.error.FetchError;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Runs a picocli command with {@code --har}; a call that failed is one line, no stack trace. */
public final class Launcher {

  private Launcher() {}

  /** Runs it and ends the process with its exit code. */
  public static void main(Callable<Integer> command, String... args) {
    System.exit(run(command, System.out, System.err, args));
  }

  /** The exit code: what the command says, 1 if it failed, 2 if its arguments are wrong. */
  public static int run(
      Callable<Integer> command, PrintStream out, PrintStream err, String... args) {
    CommandLine commandLine = new CommandLine(command);
    commandLine.getCommandSpec().version("Fetchwell's examples, on JDK " + Runtime.version());
    Recorded recorded = new Recorded();
    commandLine.addMixin("recorded", recorded);
    return commandLine
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setExecutionStrategy(
            parsed -> recorded.during(() -> new CommandLine.RunLast().execute(parsed), out))
        .setExecutionExceptionHandler(
            (thrown, failed, parsed) -> {
              FetchError error = FetchError.of(thrown);
              err.println(error == null ? thrown.toString() : describe(error));
              return 1;
            })
        .execute(args);
  }

  private static String describe(FetchError error) {
    return error.getClass().getSimpleName() + ": " + error.getMessage();
  }
}
