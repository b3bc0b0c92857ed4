package dev.fetchwell.examples.benchmark.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Moves the labels at the ends of lines apart, up and down, so that none covers another. */
final class Labels {

  private Labels() {}

  /** The places, in the same order, each at least so far from the next and within the range. */
  static double[] apart(double[] wanted, double distance, double from, double to) {
    int[] order =
        IntStream.range(0, wanted.length)
            .boxed()
            .sorted(Comparator.comparing(i -> wanted[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] places = Arrays.copyOf(wanted, wanted.length);
    double least = from;
    for (int i : order) {
      places[i] = Math.max(places[i], least);
      least = places[i] + distance;
    }
    double most = to;
    for (int k = order.length - 1; k >= 0; k--) {
      int i = order[k];
      places[i] = Math.min(places[i], most);
      most = places[i] - distance;
    }
    return places;
  }
}
