package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.policy.Token;
import java.time.Duration;
import java.time.Instant;

/** A token that the client has, and until when. Immutable; two are never the same. */
final class HeldToken {

  private static final Duration LEAST_MARGIN = Duration.ofSeconds(30);

  private final String value;
  private final Instant renewAt;
  private final Instant expiresAt;
  private final long fetchedNanos;
  private final boolean afterRefusal;

  /**
   * A token that came now.
   *
   * @param afterRefusal whether it takes the place of one that a server refused
   * @throws IllegalArgumentException if no header can have it; the message does not
   */
  HeldToken(Token token, Instant now, long nanos, boolean afterRefusal) {
    if (token.value().isBlank()) {
      throw new IllegalArgumentException("the token is empty (expected: what the server gave)");
    }
    Header unused = new Header("Authorization", token.value(), true);
    this.value = "Bearer " + token.value();
    this.expiresAt = token.expiresAt();
    this.renewAt = expiresAt.minus(margin(Duration.between(now, expiresAt)));
    this.fetchedNanos = nanos;
    this.afterRefusal = afterRefusal;
  }

  /** A tenth of its life, at least half a minute, but never the first half of its life. */
  private static Duration margin(Duration life) {
    Duration tenth = life.dividedBy(10);
    Duration margin = tenth.compareTo(LEAST_MARGIN) < 0 ? LEAST_MARGIN : tenth;
    Duration half = life.dividedBy(2);
    Duration shorter = margin.compareTo(half) < 0 ? margin : half;
    return shorter.isNegative() ? Duration.ZERO : shorter;
  }

  FetchRequest on(FetchRequest request) {
    return request.withSecretHeader("Authorization", value);
  }

  boolean isFresh(Instant now) {
    return now.isBefore(renewAt);
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  /** When it came, by the timer. */
  long fetchedNanos() {
    return fetchedNanos;
  }

  /** Whether it takes the place of one that a server refused. */
  boolean isAfterRefusal() {
    return afterRefusal;
  }
}
