package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoDocuments;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import java.io.PrintStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Two stages with a limit each: many documents are fetched at once, because that is waiting; few
 * are hashed at once, because that is work. The work has threads of its own, so that it delays no
 * call, and the batch's limit bounds the documents in memory, the waiting ones included.
 */
@Command(
    name = "CpuStage",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Fetches concurrently, and hashes what came on a bounded pool of CPU threads.")
public final class CpuStage implements Callable<Integer> {

  private static final int DEMO_DOCUMENTS = 200;

  @Option(names = "--url", description = "A document; repeatable. Default: a demo server's.")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--concurrency", description = "Documents in work at once, in both stages.")
  private int concurrency = 32;

  @Option(names = "--threads", description = "Documents hashed at once.")
  private int threads = Math.min(4, Runtime.getRuntime().availableProcessors());

  @Option(names = "--rounds", description = "How often each is hashed, to make it worth a pool.")
  private int rounds = 10;

  private final PrintStream out;
  private final AtomicInteger hashing = new AtomicInteger();
  private final AtomicInteger mostHashing = new AtomicInteger();
  private final AtomicInteger mostFetchingMeanwhile = new AtomicInteger();
  private final AtomicInteger onOtherThreads = new AtomicInteger();

  CpuStage(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new CpuStage(System.out), args);
  }

  @Override
  public Integer call() {
    if (urls.isEmpty()) {
      return demo();
    }
    try (AsyncHttpClient client = Recorded.client()) {
      List<String> hashes = hashAll(client, urls);
      IntStream.range(0, urls.size()).forEach(i -> out.println(hashes.get(i) + "  " + urls.get(i)));
    }
    return 0;
  }

  private List<String> hashAll(AsyncHttpClient client, List<String> documents) {
    ExecutorService cpu = Executors.newFixedThreadPool(threads, CpuStage::cpuThread);
    try {
      return Batch.of(documents, url -> hashed(client, url, cpu))
          .concurrency(concurrency)
          .onProgress((done, total) -> show(client, done, total))
          .all()
          .join();
    } finally {
      cpu.shutdownNow();
    }
  }

  private CompletableFuture<String> hashed(
      AsyncHttpClient client, String url, ExecutorService cpu) {
    CompletableFuture<byte[]> fetched = client.getBytes(url);
    CompletableFuture<String> hashed = fetched.thenApplyAsync(bytes -> hash(client, bytes), cpu);
    // Cancelling what thenApply returns does not reach the call before it: this does.
    var unused = hashed.whenComplete((hash, thrown) -> fetched.cancel(false));
    return hashed;
  }

  private String hash(AsyncHttpClient client, byte[] document) {
    mostHashing.accumulateAndGet(hashing.incrementAndGet(), Math::max);
    mostFetchingMeanwhile.accumulateAndGet(client.stats().inFlight(), Math::max);
    if (!Thread.currentThread().getName().equals("cpu")) {
      onOtherThreads.incrementAndGet();
    }
    try {
      String hash = "";
      for (int round = 0; round < rounds; round++) {
        hash = sha256(document);
      }
      return hash;
    } finally {
      hashing.decrementAndGet();
    }
  }

  private void show(AsyncHttpClient client, long done, long total) {
    if (done % 25 == 0) {
      int fetching = client.stats().inFlight();
      out.printf(
          Locale.ROOT,
          "  %3d of %d done; now fetching %2d, hashing %d%n",
          done,
          total,
          fetching,
          hashing.get());
    }
  }

  private static String sha256(byte[] document) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(document));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }

  private static Thread cpuThread(Runnable work) {
    Thread thread = new Thread(work, "cpu");
    thread.setDaemon(true);
    return thread;
  }

  private int demo() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      List<String> documents =
          IntStream.range(0, DEMO_DOCUMENTS).mapToObj(number -> "/documents/" + number).toList();
      List<String> hashes = hashAll(client, documents);
      List<String> expected =
          IntStream.range(0, DEMO_DOCUMENTS)
              .mapToObj(number -> sha256(DemoDocuments.content(number)))
              .toList();
      report.claim(
          DEMO_DOCUMENTS + " documents, each with its right hash", hashes.equals(expected));
      int fetching = server.maxConcurrency("/documents");
      report.claim(
          "the server saw at most " + fetching + " requests at once",
          fetching > threads && fetching <= concurrency);
      report.claim(
          "at most "
              + mostHashing
              + " were hashed at once, on "
              + threads
              + " threads of their own",
          mostHashing.get() <= threads && onOtherThreads.get() == 0);
      report.claim(
          "while one was hashed, up to " + mostFetchingMeanwhile + " were on their way",
          mostFetchingMeanwhile.get() > 0);
    }
    return report.end() ? 0 : 1;
  }
}
