package dev.fetchwell.testserver;

/** The counts behind {@link LoadStatistics}: one thread writes, all read. */
final class LoadCounters {

  private long requests;
  private int inFlight;
  private int maxConcurrency;
  private int openConnections;
  private int acceptedConnections;

  synchronized void opened() {
    openConnections++;
    acceptedConnections++;
  }

  synchronized void closed() {
    openConnections--;
  }

  synchronized void began() {
    requests++;
    inFlight++;
    maxConcurrency = Math.max(maxConcurrency, inFlight);
  }

  synchronized void ended() {
    inFlight--;
  }

  synchronized void reset() {
    requests = 0;
    maxConcurrency = inFlight;
  }

  synchronized LoadStatistics snapshot() {
    return new LoadStatistics(
        requests, inFlight, maxConcurrency, openConnections, acceptedConnections);
  }
}
