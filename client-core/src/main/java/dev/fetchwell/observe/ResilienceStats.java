package dev.fetchwell.observe;

import java.util.Map;
import java.util.Set;

/**
 * What retries and the layers of a client that are opt-in do now and have done; a snapshot. Of what
 * is not configured it is empty, or zero.
 *
 * @param breakers the state of each host's circuit breaker
 * @param throttled attempts that wait for a rate limit, or for the end of a cool-down, now
 * @param coolingDown the keys that are kept away now
 * @param hedges attempts ever sent beside a slow one
 * @param hedgesWon those of them whose answer counted
 * @param limits the adaptive limit of each host now
 * @param flights calls on the wire now that others may share
 * @param joined calls that ever shared another one's answer
 * @param retryBudgets the tokens that are left of the retry budget of each host; of one that was
 *     never retried nothing is known, and its budget is full
 */
public record ResilienceStats(
    Map<String, CircuitState> breakers,
    int throttled,
    Set<String> coolingDown,
    long hedges,
    long hedgesWon,
    Map<String, Integer> limits,
    int flights,
    long joined,
    Map<String, Double> retryBudgets) {

  /** Creates a snapshot. */
  public ResilienceStats {
    breakers = Map.copyOf(breakers);
    coolingDown = Set.copyOf(coolingDown);
    limits = Map.copyOf(limits);
    retryBudgets = Map.copyOf(retryBudgets);
  }
}
