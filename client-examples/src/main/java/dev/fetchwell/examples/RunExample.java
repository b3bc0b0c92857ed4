package dev.fetchwell.examples;

import dev.fetchwell.examples.console.Launcher;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * Runs the example that its first argument names, with the other arguments; or {@code all} of them.
 *
 * <pre>{@code
 * mvn -q -B -Pexample package -Dexample=Scraper -Dexample.args="--help"
 * }</pre>
 */
public final class RunExample {

  private static final List<Function<PrintStream, Callable<Integer>>> EXAMPLES =
      List.of(
          Scraper::new,
          Gateway::new,
          PagedApi::new,
          CpuStage::new,
          LiveEvents::new,
          LiveFeed::new,
          Resilience::new,
          Downloader::new,
          OAuthLogin::new,
          WorkQueue::new,
          BulkImport::new,
          DurableQueue::new,
          FleetLimit::new,
          Scheduler::new);

  private RunExample() {}

  /** Ends the process with the example's exit code, or 2 if there is no such example. */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    String name = args.length == 0 ? "" : args[0];
    if (name.equalsIgnoreCase("all")) {
      return runAll(out, err);
    }
    Optional<Callable<Integer>> example =
        EXAMPLES.stream()
            .map(make -> make.apply(out))
            .filter(command -> name.equalsIgnoreCase(nameOf(command)))
            .findFirst();
    if (example.isEmpty()) {
      err.println(
          name.isEmpty() ? "Name an example:" : "No example is named '" + name + "'; take:");
      EXAMPLES.forEach(make -> err.println("  " + line(make.apply(out))));
      err.println("  all         Runs them all, one after another.");
      return 2;
    }
    return Launcher.run(example.get(), out, err, Arrays.copyOfRange(args, 1, args.length));
  }

  private static int runAll(PrintStream out, PrintStream err) {
    int worst = 0;
    for (Function<PrintStream, Callable<Integer>> make : EXAMPLES) {
      Callable<Integer> example = make.apply(out);
      out.println();
      out.println(nameOf(example));
      out.println("-".repeat(nameOf(example).length()));
      worst = Math.max(worst, Launcher.run(example, out, err));
    }
    return worst;
  }

  private static String nameOf(Callable<Integer> command) {
    return command.getClass().getSimpleName();
  }

  private static String line(Callable<Integer> command) {
    String[] description = new CommandLine(command).getCommandSpec().usageMessage().description();
    return String.format(Locale.ROOT, "%-11s %s", nameOf(command), String.join(" ", description));
  }
}
