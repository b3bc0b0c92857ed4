package dev.fetchwell.examples;

import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.BodyAndLocalErrors;
import dev.fetchwell.examples.quickstart.Cancelling;
import dev.fetchwell.examples.quickstart.ConnectionErrors;
import dev.fetchwell.examples.quickstart.Crowd;
import dev.fetchwell.examples.quickstart.GettingJson;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Retrying;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.examples.quickstart.ShuttingDown;
import dev.fetchwell.examples.quickstart.StatusErrors;
import dev.fetchwell.examples.quickstart.TimeoutErrors;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Shows on an embedded server what the client does, and checks each claim that it prints. It needs
 * no network, ends by itself, and its exit code is 0 only if everything shown did happen.
 *
 * <pre>{@code
 * mvn -q -B -Pquickstart package
 * }</pre>
 *
 * <p>Each class of the package {@code quickstart} is one section; read them in the order below.
 */
public final class Quickstart {

  private static final Duration LONGEST = Duration.ofSeconds(14);

  private static final List<Section> SECTIONS =
      List.of(
          new GettingJson(),
          new Retrying(),
          new StatusErrors(),
          new TimeoutErrors(),
          new ConnectionErrors(),
          new BodyAndLocalErrors(),
          new Crowd(),
          new Cancelling(),
          new ShuttingDown());

  private Quickstart() {}

  /** Runs all sections. */
  public static void main(String[] args) throws InterruptedException {
    AtomicBoolean allHappened = new AtomicBoolean();
    Thread sections = new Thread(() -> allHappened.set(run(System.out, SECTIONS)), "quickstart");
    sections.setDaemon(true);
    sections.start();
    sections.join(LONGEST.toMillis());
    if (sections.isAlive()) {
      System.err.println("The Quickstart did not end within " + LONGEST.toSeconds() + " s.");
      System.exit(2);
    }
    if (!allHappened.get()) {
      System.exit(1);
    }
    // Else the JVM ends by itself: every thread of the client is a daemon.
  }

  /** Whether everything that the sections show did happen. */
  static boolean run(PrintStream out, List<Section> sections) {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start()) {
      report.begin("Fetchwell against " + server.baseUrl() + ", on JDK " + Runtime.version());
      for (Section section : sections) {
        report.run(section, server);
      }
    }
    return report.end();
  }
}
