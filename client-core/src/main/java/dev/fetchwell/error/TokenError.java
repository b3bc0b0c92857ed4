package dev.fetchwell.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The client could not get the bearer token that the call needs; its cause says why. */
public final class TokenError extends FetchError {

  private static final long serialVersionUID = 1L;

  /** Creates an error. */
  public TokenError(String problem, CallFacts facts, @Nullable Throwable cause) {
    super(Objects.requireNonNull(problem, "problem"), facts, cause);
  }

  private TokenError(TokenError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  TokenError copy(CallFacts others) {
    return new TokenError(this, others);
  }
}
