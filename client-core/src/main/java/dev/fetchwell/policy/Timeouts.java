package dev.fetchwell.policy;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of a call. Immutable.
 *
 * @param total the whole call: queueing, attempts and the waits between them
 * @param attempt one attempt, from its permit to the last byte
 * @param connect connecting: TCP and the TLS handshake, not the name lookup
 * @param idle silence in the body of a streamed response
 * @param queueOrNull waiting for a permit; null: as long as {@code total} allows
 */
public record Timeouts(
    Duration total,
    Duration attempt,
    Duration connect,
    Duration idle,
    @Nullable Duration queueOrNull) {

  private static final Timeouts STANDARD =
      new Timeouts(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          null);

  /**
   * Creates time limits.
   *
   * @throws IllegalArgumentException if one is not above zero, or the attempt's above the total
   */
  public Timeouts {
    Checks.positive("timeout", total);
    Checks.positive("attemptTimeout", attempt);
    Checks.positive("connectTimeout", connect);
    Checks.positive("idleTimeout", idle);
    if (queueOrNull != null) {
      Checks.positive("queueTimeout", queueOrNull);
    }
    if (attempt.compareTo(total) > 0) {
      throw new IllegalArgumentException(
          "attemptTimeout: " + attempt + " (expected: <= timeout " + total + ")");
    }
  }

  /** 30 s in all, 10 s an attempt, 5 s to connect, 30 s of silence in a stream. */
  public static Timeouts standard() {
    return STANDARD;
  }

  /** How long a call may wait for a permit, if that is limited apart from the total. */
  public Optional<Duration> queue() {
    return Optional.ofNullable(queueOrNull);
  }
}
