package dev.fetchwell.examples;

import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.resilience.Layers;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The layers for a server in trouble, each on, shown and checked. */
@Command(
    name = "Resilience",
    mixinStandardHelpOptions = true,
    description = "Shows the layers for a server in trouble, and checks what they do.")
public final class Resilience implements Callable<Integer> {

  private final PrintStream out;

  Resilience(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Resilience(System.out), args);
  }

  @Override
  public Integer call() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start()) {
      Layers.all().forEach(layer -> report.run(layer, server));
    }
    return report.end() ? 0 : 1;
  }
}
