package dev.fetchwell.testserver;

/**
 * What a {@link NioServer} counted.
 *
 * @param requests whole requests read
 * @param inFlight requests that wait for their answer now
 * @param maxConcurrency the most of them at one moment
 * @param openConnections connections open now
 * @param acceptedConnections connections since the start
 */
public record LoadStatistics(
    long requests, int inFlight, int maxConcurrency, int openConnections, int acceptedConnections) {

  /** One line, numbers only, for {@link #parse}. */
  String line() {
    return requests
        + " "
        + inFlight
        + " "
        + maxConcurrency
        + " "
        + openConnections
        + " "
        + acceptedConnections;
  }

  static LoadStatistics parse(String line) {
    String[] n = line.split(" ", -1);
    return new LoadStatistics(
        Long.parseLong(n[0]),
        Integer.parseInt(n[1]),
        Integer.parseInt(n[2]),
        Integer.parseInt(n[3]),
        Integer.parseInt(n[4]));
  }
}
