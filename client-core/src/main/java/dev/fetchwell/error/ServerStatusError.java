package dev.fetchwell.error;

/** A status of 5xx: the server failed to answer a request that may be right. */
public final class ServerStatusError extends HttpStatusError {

  private static final long serialVersionUID = 1L;

  ServerStatusError(StatusFacts response, CallFacts facts) {
    super(response, facts);
  }
}
