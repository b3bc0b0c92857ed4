package dev.fetchwell.internal.pipeline.rate;

import dev.fetchwell.internal.async.PacedQueue.Turn;
import dev.fetchwell.internal.async.PacedQueues;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.policy.RateLimit;
import java.time.Duration;

/** One rate limit of the client's own: for each host, or for all together. Thread-safe. */
final class OwnLimit {

  /** More hosts than a crawler meets in the time in which a usual limit recovers; some 25 MB. */
  private static final int MOST_HOSTS = 128 * 1024;

  private static final String ALL = "";

  private final RateLimit limit;
  private final boolean isPerHost;
  private final PacedQueues<Gcra> queues;

  private OwnLimit(RateLimit limit, boolean isPerHost, Platform platform) {
    this.limit = limit;
    this.isPerHost = isPerHost;
    queues = new PacedQueues<>(MOST_HOSTS, () -> new Gcra(limit), platform);
  }

  static OwnLimit perHost(RateLimit limit, Platform platform) {
    return new OwnLimit(limit, true, platform);
  }

  static OwnLimit ofAll(RateLimit limit, Platform platform) {
    return new OwnLimit(limit, false, platform);
  }

  Turn enter(String host, Duration atMost) {
    return queues.enter(isPerHost ? host : ALL, atMost);
  }

  /** How long one would wait who came now. */
  Duration expectedWait(String host) {
    return queues.of(isPerHost ? host : ALL).queue().expectedWait();
  }

  /** Which limit it is, as a message says it. */
  String shown(String host) {
    return "the rate limit of " + (isPerHost ? "host " + host : "the client") + " (" + limit + ")";
  }

  long remembered() {
    return queues.remembered();
  }
}
