package dev.fetchwell.internal.pipeline.permits;

/** The mean of some latencies and how far off it may be by chance. Not thread-safe. */
final class Latencies {

  private int count;
  private double mean;

  /** Of the squared differences from the mean; by Welford's method, which loses no digits. */
  private double sum;

  void add(long nanos) {
    count++;
    double before = nanos - mean;
    mean += before / count;
    sum += before * (nanos - mean);
  }

  int count() {
    return count;
  }

  double mean() {
    return mean;
  }

  /** Of one alone nothing is known: as much as itself. */
  double standardError() {
    return count < 2 ? mean : Math.sqrt(sum / (count - 1) / count);
  }

  void clear() {
    count = 0;
    mean = 0;
    sum = 0;
  }
}
