package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Protocol;
import java.time.Duration;
import java.util.List;

/**
 * What to measure.
 *
 * @param clients in turns
 * @param inFlight numbers of calls in flight
 * @param protocol what is spoken
 * @param heap each client's {@code -Xmx}
 * @param time for all rounds; each number of calls in flight has one round whatever it takes
 * @param smoke shortest runs
 */
public record LoadPlan(
    List<Clients> clients,
    List<Integer> inFlight,
    Protocol protocol,
    String heap,
    Duration time,
    boolean smoke) {

  /** Up to here the server answers at once; above, it waits, and the client starts cold. */
  static final int MOST_AT_ONCE = 64;

  private static final int CALLS_PER_LANE = 2;

  /** The command for a {@link ClientMain}. */
  String command(String url, int inFlight) {
    if (inFlight <= MOST_AT_ONCE) {
      return "run " + url + " " + inFlight + " 0 " + (smoke ? 50 : 600);
    }
    return "run " + url + waiting() + " " + inFlight + " " + CALLS_PER_LANE + " 0";
  }

  private String waiting() {
    return smoke ? "?after=100" : "?after=1000";
  }

  /** Before the rounds: the code of each client gets compiled. */
  String warmUp(String url) {
    return "run " + url + " " + MOST_AT_ONCE + " 0 " + warmUpMillis();
  }

  /** A seventh of the time in all, at most as long as some 150,000 calls take. */
  private long warmUpMillis() {
    long share = time.toMillis() / 7 / clients.size();
    return smoke ? 50 : Math.max(50, Math.min(8_000, share));
  }
}
