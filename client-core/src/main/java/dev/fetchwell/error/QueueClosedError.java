package dev.fetchwell.error;

/** A {@code WorkQueue} is closed, or was closed before a job had its place. */
public final class QueueClosedError extends RejectedError {

  private static final long serialVersionUID = 1L;

  /** Creates an error. */
  public QueueClosedError(CallFacts facts) {
    super("the work queue is closed (open another one)", facts, null);
  }

  private QueueClosedError(QueueClosedError other, CallFacts facts) {
    super(other, facts);
  }

  @Override
  QueueClosedError copy(CallFacts others) {
    return new QueueClosedError(this, others);
  }
}
