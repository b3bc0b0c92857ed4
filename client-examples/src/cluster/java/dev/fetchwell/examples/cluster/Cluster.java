package dev.fetchwell.examples.cluster;

import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.quickstart.Report;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.FlinkException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/**
 * One fetch job on Apache Flink: in this process, or on the cluster that {@code --job-manager}
 * names. Each URL becomes one row of a JSON Lines file, also if its call failed.
 */
@Command(
    name = "Cluster",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Fetches URLs on Apache Flink, in this process or on a cluster.")
public final class Cluster implements Callable<Integer> {

  @Option(names = "--url", description = "A URL; repeatable. Default: a demo with URLs of its own.")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--urls", description = "A file with a URL on each line.")
  private @Nullable Path file;

  @Option(names = "--out", description = "The rows: a JSON Lines file; its folder is created.")
  private Path target = Path.of("target", "cluster.jsonl");

  @Option(names = "--job-manager", description = "A cluster, as host:port. Default: in-process.")
  private @Nullable String jobManager;

  @Option(names = "--parallelism", description = "Subtasks that fetch.")
  private int parallelism = 4;

  @Option(names = "--per-host", description = "Requests to one host at a time.")
  private int perHost = 8;

  @Option(names = "--capacity", description = "Calls in work, and waiting, per subtask.")
  private int capacity = 100;

  @Option(names = "--timeout", description = "Seconds for a call with its retries.")
  private int seconds = 9;

  @Option(names = "--demo-size", description = "URLs of the demo.")
  private int demoSize = 2_000;

  @Option(
      names = "--demo-host",
      description = "A host of the demo, as DemoHosts prints it; repeatable. Default: in-process.")
  private List<String> demoHosts = new ArrayList<>();

  private final PrintStream out;

  Cluster(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Cluster(System.out), args);
  }

  @Override
  public Integer call() throws Exception {
    List<String> wanted = new ArrayList<>(urls);
    if (file != null) {
      Files.readAllLines(file).stream().filter(line -> !line.isBlank()).forEach(wanted::add);
    }
    if (!wanted.isEmpty()) {
      List<FetchRow> rows = fetch(wanted);
      long failed = rows.stream().filter(row -> !row.error().isEmpty()).count();
      out.println(target + ": " + rows.size() + " rows, of them " + failed + " failed");
      return 0;
    }
    if (!demoHosts.isEmpty()) {
      return demo(demoHosts);
    }
    try (DemoHosts hosts = DemoHosts.start()) {
      return demo(hosts.urls());
    }
  }

  private int demo(List<String> hosts) throws Exception {
    ClusterDemo demo = new ClusterDemo(hosts, demoSize);
    Report report = new Report(out);
    List<FetchRow> rows = fetch(demo.urls());
    demo.claimOutcomes(report, rows);
    demo.claimLimits(report, rows, perHost);
    if (jobManager == null) {
      demo.claimNothingSentAgain(report, rows);
    } else {
      demo.tell(report, rows);
    }
    return report.end() ? 0 : 1;
  }

  private List<FetchRow> fetch(List<String> wanted) throws Exception {
    Files.createDirectories(target.toAbsolutePath().getParent());
    StreamExecutionEnvironment environment = environment();
    try {
      return collect(environment, wanted);
    } catch (FlinkException | RuntimeException e) {
      // Flink's own message says no more than the job's name.
      throw new IllegalStateException("the job failed: " + rootOf(e), e);
    }
  }

  private static Throwable rootOf(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return cause == null ? thrown : rootOf(cause);
  }

  @SuppressWarnings("try") // Closing Flink's iterator can be interrupted, which ends the program.
  private List<FetchRow> collect(StreamExecutionEnvironment environment, List<String> wanted)
      throws Exception {
    FetchJob job = new FetchJob(new ClientSettings(Duration.ofSeconds(seconds), perHost), capacity);
    List<FetchRow> rows = new ArrayList<>();
    JsonMapper json = new JsonMapper();
    try (Writer lines = Files.newBufferedWriter(target, StandardCharsets.UTF_8);
        Bar bar = Bar.open(out, "fetch", "URLs", 1);
        CloseableIterator<FetchRow> fetched =
            job.rows(environment, wanted).executeAndCollect("fetch")) {
      while (fetched.hasNext()) {
        FetchRow row = fetched.next();
        rows.add(row);
        lines.write(json.writeValueAsString(row) + "\n");
        bar.show(rows.size(), wanted.size());
      }
    }
    return rows;
  }

  private StreamExecutionEnvironment environment() {
    if (jobManager == null) {
      return FetchJob.inProcess(parallelism);
    }
    int colon = jobManager.lastIndexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("--job-manager: " + jobManager + " (expected: host:port)");
    }
    out.println("job manager: " + jobManager);
    return StreamExecutionEnvironment.createRemoteEnvironment(
            jobManager.substring(0, colon),
            Integer.parseInt(jobManager.substring(colon + 1)),
            FetchJob.configuration())
        .setParallelism(parallelism);
  }
}
