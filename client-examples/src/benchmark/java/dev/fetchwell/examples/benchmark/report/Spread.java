package dev.fetchwell.examples.benchmark.report;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The median of some rounds, between the least and the most. */
record Spread(double median, double min, double max) {

  static Spread of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no values");
    }
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** As {@code 1.05 (1.01..1.10)}. */
  String ratio() {
    return String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median, min, max);
  }
}
