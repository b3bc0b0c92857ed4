package dev.fetchwell.examples.cluster;

import java.io.Serializable;
import java.time.Duration;

/**
 * What the clients of all workers have in common. This travels with the job; a client does not.
 *
 * @param timeout of a whole call, its retries and its wait for a permit included
 * @param perHost requests to one host at a time
 */
public record ClientSettings(Duration timeout, int perHost) implements Serializable {

  private static final long serialVersionUID = 1;

  /** Three attempts fit into the whole. */
  Duration attemptTimeout() {
    return timeout.dividedBy(3);
  }
}
