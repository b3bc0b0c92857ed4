package dev.fetchwell.examples.benchmark.report;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.load.LoadSample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** All rounds of one client at one number of calls in flight. */
record LoadSummary(Clients client, int inFlight, List<LoadSample> samples, List<LoadSample> base) {

  /** Those at this number of calls in flight, the cheapest first. */
  static List<LoadSummary> at(int inFlight, List<LoadSample> all) {
    List<LoadSample> base = of(Clients.BASE, inFlight, all);
    List<LoadSummary> summaries = new ArrayList<>();
    for (Clients client : Clients.values()) {
      List<LoadSample> samples = of(client, inFlight, all);
      if (!samples.isEmpty()) {
        summaries.add(new LoadSummary(client, inFlight, samples, base));
      }
    }
    summaries.sort(Comparator.comparing(summary -> summary.median(LoadSample::cpuMicrosPerCall)));
    return summaries;
  }

  static List<Integer> levels(List<LoadSample> all) {
    return all.stream().map(LoadSample::inFlight).distinct().sorted().toList();
  }

  private static List<LoadSample> of(Clients client, int inFlight, List<LoadSample> all) {
    return all.stream()
        .filter(sample -> sample.client() == client && sample.inFlight() == inFlight)
        .toList();
  }

  double median(ToDoubleFunction<LoadSample> value) {
    return Spread.of(samples.stream().mapToDouble(value)).median();
  }

  double most(ToDoubleFunction<LoadSample> value) {
    return Spread.of(samples.stream().mapToDouble(value)).max();
  }

  long errors() {
    return samples.stream().mapToLong(sample -> sample.measured().errors()).sum();
  }

  long calls() {
    return samples.stream().mapToLong(sample -> sample.measured().calls()).sum();
  }

  /** Of pairs from the same round; empty if raw OkHttp was not measured. */
  Optional<Spread> ratio(ToDoubleFunction<LoadSample> value) {
    List<Double> ratios = new ArrayList<>();
    for (LoadSample sample : samples) {
      base.stream()
          .filter(other -> other.round() == sample.round())
          .filter(other -> value.applyAsDouble(other) > 0)
          .forEach(other -> ratios.add(value.applyAsDouble(sample) / value.applyAsDouble(other)));
    }
    return ratios.isEmpty()
        ? Optional.empty()
        : Optional.of(Spread.of(ratios.stream().mapToDouble(Double::doubleValue)));
  }
}
