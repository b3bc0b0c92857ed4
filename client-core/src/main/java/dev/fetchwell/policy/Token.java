package dev.fetchwell.policy;

import java.time.Instant;
import java.util.Objects;

/**
 * What is sent as {@code Authorization: Bearer}, and until when it is good. Shown nowhere.
 *
 * @param value the token itself
 * @param expiresAt by the clock of this machine
 */
public record Token(String value, Instant expiresAt) {

  /** Creates a token. */
  public Token {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(expiresAt, "expiresAt");
  }

  /** Without its value. */
  @Override
  public String toString() {
    return "Token[***, expires at " + expiresAt + "]";
  }
}
