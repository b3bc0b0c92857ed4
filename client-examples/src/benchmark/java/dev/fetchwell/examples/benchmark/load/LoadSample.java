package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.Clients;

/**
 * One run of one client.
 *
 * @param client which
 * @param inFlight calls in flight
 * @param round runs of one round met the same noise
 * @param measured by the client's process
 * @param served by the server
 */
public record LoadSample(
    Clients client, int inFlight, int round, Measured measured, LoadServer.Counts served) {

  private static final double MB = 1024.0 * 1024;

  /** CPU time of the client's process. */
  public double cpuMicrosPerCall() {
    return measured.cpuNanos() / 1e3 / measured.calls();
  }

  /** Of the CPU time. */
  public double gcShare() {
    return (double) measured.gcNanos() / Math.max(1, measured.cpuNanos());
  }

  /** The most that was in use right after a collection. */
  public double heapMegabytes() {
    return measured.heapBytes() / MB;
  }

  /** The most that the process had; 0 if that is not to be known. */
  public double rssMegabytes() {
    return measured.rssBytes() / MB;
  }
}
