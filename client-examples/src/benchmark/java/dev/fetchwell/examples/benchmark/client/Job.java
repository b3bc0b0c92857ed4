package dev.fetchwell.examples.benchmark.client;

import java.time.Duration;

/**
 * The job of all clients, in numbers. Those are this client's defaults, except for the time to
 * connect, which is as long as an attempt may take: thousands of connections that are opened at
 * once on a small machine need that, and a client that fails them early would do less work.
 *
 * @param inFlight calls that may be in flight, which is the bulkhead's size: with it a client must
 *     neither queue nor refuse what the benchmark sends, and everything that would (pools,
 *     dispatchers) is raised to it
 * @param protocol what is spoken
 * @param attemptTimeout of one attempt
 * @param totalTimeout of a call, with its retries and the waits between them
 */
public record Job(int inFlight, Protocol protocol, Duration attemptTimeout, Duration totalTimeout) {

  public static final int ATTEMPTS = 3;
  public static final int RETRIED_STATUS = 503;
  public static final Duration BACKOFF_BASE = Duration.ofMillis(100);
  public static final Duration BACKOFF_CAP = Duration.ofSeconds(10);

  /** With the usual timeouts. */
  public static Job of(int inFlight, Protocol protocol) {
    return new Job(inFlight, protocol, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /** Whether HTTP/2 is spoken. */
  public boolean h2() {
    return protocol == Protocol.H2;
  }

  /** How long a connection may take to open. */
  public Duration connectTimeout() {
    return attemptTimeout;
  }
}
