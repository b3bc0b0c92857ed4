package dev.fetchwell.examples.benchmark.load;

import java.util.List;

/**
 * What one client's process measured over one run.
 *
 * @param calls that ended, well or not
 * @param errors of them, those that did not end with a user
 * @param firstError what the first said; empty without one
 * @param cpuNanos of the whole process, its garbage collector and compiler included
 * @param gcNanos of that, what the collector's threads took; where that is not to be known, the
 *     time of the pauses
 * @param wallNanos from the first call to the last answer
 * @param heapBytes the most that was in use right after a collection
 * @param rssBytes the most memory that the process had; 0 where that is not to be known
 * @param threads the most platform threads
 */
public record Measured(
    long calls,
    long errors,
    String firstError,
    long cpuNanos,
    long gcNanos,
    long wallNanos,
    long heapBytes,
    long rssBytes,
    int threads) {

  String line() {
    return String.join(
        "\t",
        Long.toString(calls),
        Long.toString(errors),
        firstError.replaceAll("\\s+", " "),
        Long.toString(cpuNanos),
        Long.toString(gcNanos),
        Long.toString(wallNanos),
        Long.toString(heapBytes),
        Long.toString(rssBytes),
        Integer.toString(threads));
  }

  static Measured parse(List<String> parts) {
    return new Measured(
        Long.parseLong(parts.get(0)),
        Long.parseLong(parts.get(1)),
        parts.get(2),
        Long.parseLong(parts.get(3)),
        Long.parseLong(parts.get(4)),
        Long.parseLong(parts.get(5)),
        Long.parseLong(parts.get(6)),
        Long.parseLong(parts.get(7)),
        Integer.parseInt(parts.get(8)));
  }
}
