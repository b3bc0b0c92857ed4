package dev.fetchwell.examples.benchmark.facade;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the {@link FacadeBenchmark}, in rounds in which every way has its turn in a JVM of its own.
 */
public final class FacadeRuns {

  private static final int WAYS = 7;
  private static final Duration ONE = Duration.ofSeconds(6);
  private static final int MOST_ROUNDS = 15;

  private FacadeRuns() {}

  /** Prints its progress. */
  public static List<FacadeSample> run(Duration time, boolean smoke) throws RunnerException {
    long rounds = time.dividedBy(ONE.multipliedBy(WAYS));
    int most = smoke ? 1 : (int) Math.max(1, Math.min(MOST_ROUNDS, rounds));
    List<FacadeSample> samples = new ArrayList<>();
    for (int round = 1; round <= most; round++) {
      Collection<RunResult> results = new Runner(options(smoke).build()).run();
      for (RunResult result : results) {
        samples.add(sample(result, round));
      }
      System.out.println("Without a network: round " + round + " of " + most);
    }
    if (samples.size() < most * (smoke ? 2 : WAYS)) {
      throw new IllegalStateException(
          "JMH has answered for " + samples.size() + " ways only: -Dbenchmark.parts=load skips it");
    }
    return samples;
  }

  private static ChainedOptionsBuilder options(boolean smoke) {
    TimeValue length = TimeValue.milliseconds(smoke ? 50 : 700);
    // More than 150,000 calls once it is compiled: what is measured before is the compiler.
    TimeValue warmUp = TimeValue.milliseconds(smoke ? 50 : 2_000);
    return new OptionsBuilder()
        .include(FacadeBenchmark.class.getName() + (smoke ? ".json(Ours|Enqueue)" : ""))
        .forks(1)
        // JMH uses what newer JDKs warn of, and 17 knows nothing of.
        .jvmArgsAppend(
            "-Xmx1g",
            "-XX:+UseG1GC",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--sun-misc-unsafe-memory-access=allow")
        .warmupIterations(2)
        .warmupTime(warmUp)
        .measurementIterations(2)
        .measurementTime(length)
        .addProfiler(GCProfiler.class)
        .addProfiler(CpuProfiler.class)
        .verbosity(VerboseMode.SILENT);
  }

  private static FacadeSample sample(RunResult result, int round) {
    String method = result.getParams().getBenchmark().replaceFirst(".*\\.", "");
    return FacadeSample.of(
        method,
        round,
        result.getPrimaryResult().getScore(),
        secondary(result, CpuProfiler.NAME),
        secondary(result, "gc.alloc.rate.norm"));
  }

  private static double secondary(RunResult result, String name) {
    for (String key : result.getSecondaryResults().keySet()) {
      if (key.endsWith(name)) {
        return result.getSecondaryResults().get(key).getScore();
      }
    }
    return Double.NaN;
  }
}
