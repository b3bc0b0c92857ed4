package dev.fetchwell.examples.benchmark;

import dev.fetchwell.examples.benchmark.facade.FacadeRuns;
import dev.fetchwell.examples.benchmark.facade.FacadeSample;
import dev.fetchwell.examples.benchmark.load.LoadPlan;
import dev.fetchwell.examples.benchmark.load.LoadRuns;
import dev.fetchwell.examples.benchmark.load.LoadSample;
import dev.fetchwell.examples.benchmark.report.FacadeReport;
import dev.fetchwell.examples.benchmark.report.LoadPlot;
import dev.fetchwell.examples.benchmark.report.LoadReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Measures this client beside others, as docs/performance.md says: prints tables in Markdown, and
 * writes what was measured as CSV, and a plot of it, to the directory that is its argument.
 */
public final class Benchmark {

  /** More than an idle desktop needs. */
  private static final double BUSY = 0.1;

  private Benchmark() {}

  /** The directory. */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.read();
    } catch (IllegalArgumentException illegal) {
      System.err.println(illegal.getMessage());
      System.exit(2);
      return;
    }
    Path directory = Files.createDirectories(Path.of(args[0]));
    long end = System.nanoTime() + options.time().toNanos();
    System.out.println(machine(options));
    if (options.hasFacade()) {
      facade(options, directory);
    }
    if (options.hasLoad()) {
      load(options, directory, Duration.ofNanos(end - System.nanoTime()));
    }
    // JMH leaves threads.
    System.exit(0);
  }

  private static void facade(Options options, Path directory) throws Exception {
    List<FacadeSample> samples = FacadeRuns.run(options.facadeTime(), options.smoke());
    System.out.println(FacadeReport.markdown(samples));
    write(directory.resolve("facade.csv"), FacadeReport.csv(samples));
  }

  private static void load(Options options, Path directory, Duration time) throws IOException {
    LoadPlan plan =
        new LoadPlan(
            options.clients(),
            options.inFlight(),
            options.protocol(),
            options.heap(),
            time,
            options.smoke());
    List<LoadSample> samples = LoadRuns.run(plan);
    System.out.println(LoadReport.markdown(samples));
    String name = "load-" + options.protocol();
    write(directory.resolve(name + ".csv"), LoadReport.csv(samples));
    write(directory.resolve(name + ".svg"), LoadPlot.svg(samples, options.protocol()));
    long errors = samples.stream().mapToLong(sample -> sample.measured().errors()).sum();
    if (options.smoke() && (errors > 0 || samples.isEmpty())) {
      throw new IllegalStateException(errors + " errors in " + samples.size() + " measurements");
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    System.out.println("Written: " + file);
  }

  private static String machine(Options options) throws InterruptedException {
    double busy = busyWithOthers();
    return String.format(
        Locale.ROOT,
        "JDK %s, %s %s, %d cores, %.0f %% of them busy before the start, -Xmx%s for each client,"
            + " %s%s",
        Runtime.version(),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        100 * busy,
        options.heap(),
        options.protocol(),
        busy > BUSY ? ". This machine is busy: do not publish these figures." : "");
  }

  /**
   * The share of the machine that others use while this process sleeps. The load average would
   * still have the build that started it.
   */
  private static double busyWithOthers() throws InterruptedException {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double unused = system.getCpuLoad();
    Thread.sleep(2_000);
    return system.getCpuLoad();
  }
}
