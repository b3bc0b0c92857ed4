package dev.fetchwell.error;

/** Status 429: the server wants fewer requests; see {@link #retryAfter()}. */
public final class RateLimitedError extends ClientStatusError {

  private static final long serialVersionUID = 1L;

  RateLimitedError(StatusFacts response, CallFacts facts) {
    super(response, facts);
  }
}
