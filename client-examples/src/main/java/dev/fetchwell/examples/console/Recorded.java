package dev.fetchwell.examples.console;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.HarRecorder;
import dev.fetchwell.observe.Waterfall;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option {@code --har} of every example, and the clients that it records. In a program of your
 * own, where nobody has to share it, that is {@code AsyncHttpClient.builder().listener(recorder)}.
 */
public final class Recorded {

  /** Of the example that runs, for whatever client it makes. */
  private static volatile @Nullable Recorded current;

  @Option(
      names = "--har",
      paramLabel = "FILE",
      description = "Writes the calls to a HAR file, and a page of it beside it (FILE as .html).")
  private @Nullable Path file;

  private @Nullable HarRecorder recorder;
  private final AtomicInteger processes = new AtomicInteger();

  /** A builder as {@code AsyncHttpClient.builder()} gives, with what {@code --har} asks for. */
  public static AsyncHttpClient.Builder builder() {
    AsyncHttpClient.Builder builder = AsyncHttpClient.builder();
    Recorded now = current;
    return now == null || now.recorder == null ? builder : builder.listener(now.recorder);
  }

  /** A client with defaults. */
  public static AsyncHttpClient client() {
    return builder().build();
  }

  /** The arguments by which another process of the example writes a file of its own. */
  public static List<String> ofAnotherProcess() {
    Recorded now = current;
    return now == null || now.file == null
        ? List.of()
        : List.of("--har=" + beside(now.file, "-" + now.processes.incrementAndGet() + ".har"));
  }

  /** Runs an example, and makes the page when it has ended. */
  int during(IntSupplier example, PrintStream out) {
    Path har = file;
    if (har == null) {
      return example.getAsInt();
    }
    try (HarRecorder written = HarRecorder.to(har)) {
      recorder = written;
      current = this;
      return example.getAsInt();
    } finally {
      current = null;
      showPage(har, out);
    }
  }

  private static void showPage(Path har, PrintStream out) {
    try {
      Path page = Waterfall.html(har, beside(har, ".html"));
      out.println("calls: " + har + " (" + Files.size(har) / 1024 + " KiB), as a page: " + page);
    } catch (IOException e) {
      out.println("no page of the calls: " + e);
    }
  }

  private static Path beside(Path file, String ending) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
  }
}
