package dev.fetchwell.error;

/** A status of 4xx: the request was wrong, not allowed, or too much. */
public sealed class ClientStatusError extends HttpStatusError permits RateLimitedError {

  private static final long serialVersionUID = 1L;

  ClientStatusError(StatusFacts response, CallFacts facts) {
    super(response, facts);
  }
}
