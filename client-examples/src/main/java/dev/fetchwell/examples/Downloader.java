package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.observe.Progress;
import dev.fetchwell.stream.Download;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A large file onto the disk. If the connection breaks it goes on where it stopped, and so it does
 * when the whole program was interrupted and is started again; the file gets its name only when it
 * is whole and its checksum is right.
 */
@Command(
    name = "Downloader",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Downloads a large file, resumes it where it broke off, and checks it.")
public final class Downloader implements Callable<Integer> {

  private static final long MIB = 1 << 20;

  @Option(names = "--url", description = "The file. Default: a demo server's.")
  private @Nullable String url;

  @Option(names = "--out", description = "Where to; its folder is created.")
  private Path target = Path.of("target", "download.bin");

  @Option(names = "--sha256", description = "The checksum that it must have, in hex.")
  private @Nullable String sha256;

  private final PrintStream out;

  Downloader(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Downloader(System.out), args);
  }

  @Override
  public Integer call() throws IOException {
    Path file = target.toAbsolutePath();
    Files.createDirectories(file.getParent());
    if (url == null) {
      return demo(file);
    }
    try (AsyncHttpClient client = Recorded.client();
        Bar bar = Bar.open(out, "download", "MiB", MIB)) {
      download(client.get(url), bar::show).to(file).join();
    }
    out.println(file + ": " + Files.size(file) + " bytes");
    return 0;
  }

  private Download download(RequestSpec request, Progress progress) {
    Download download = Download.from(request).resume(true).onProgress(progress);
    return sha256 == null ? download : download.sha256(sha256);
  }

  private int demo(Path file) throws IOException {
    Report report = new Report(out);
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(file);
    Files.deleteIfExists(part);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      sha256 = client.getString("/files/big.bin.sha256").join().substring(0, 64);
      RequestSpec request = client.get("/files/big.bin");

      boolean interrupted = interruptAfter(24 * MIB, request, file);
      report.claim(
          "the server broke off, the download went on by itself",
          server.requests("/files/big.bin") == 2);
      report.claim(
          "interrupted: what came is kept, under another name",
          interrupted && !Files.exists(file) && Files.size(part) >= 24 * MIB);

      AtomicLong resumedAt = new AtomicLong(-1);
      try (Bar bar = Bar.open(out, "download again", "MiB", MIB)) {
        Progress progress =
            (done, total) -> {
              resumedAt.compareAndSet(-1, done);
              bar.show(done, total);
            };
        download(request, progress).to(file).join();
      }
      report.claim(
          "started again, it went on at " + resumedAt.get() / MIB + " MiB",
          resumedAt.get() >= 24 * MIB && server.requests("/files/big.bin") == 3);
      report.claim(
          "the file is whole and its SHA-256 is right: " + Files.size(file) + " bytes",
          Files.size(file) == 32 * MIB && !Files.exists(part));
    }
    return report.end() ? 0 : 1;
  }

  /** Whether it was cancelled before its end, as a user would do. */
  private boolean interruptAfter(long bytes, RequestSpec request, Path file) {
    CompletableFuture<Void> enough = new CompletableFuture<>();
    try (Bar bar = Bar.open(out, "download", "MiB", MIB)) {
      Progress progress =
          (done, total) -> {
            bar.show(done, total);
            if (done >= bytes) {
              enough.complete(null);
            }
          };
      CompletableFuture<Path> download = download(request, progress).to(file);
      var unused = enough.thenAccept(nothing -> download.cancel(false));
      return download.handle((path, thrown) -> thrown instanceof CancellationException).join();
    }
  }
}
