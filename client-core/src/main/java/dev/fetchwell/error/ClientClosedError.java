package dev.fetchwell.error;

/** The client is closed, or was closed before the call was sent. */
public final class ClientClosedError extends RejectedError {

  private static final long serialVersionUID = 1L;

  /** Creates an error. */
  public ClientClosedError(CallFacts facts) {
    super("the client is closed (build another one)", facts, null);
  }

  private ClientClosedError(ClientClosedError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  ClientClosedError copy(CallFacts others) {
    return new ClientClosedError(this, others);
  }
}
