package dev.fetchwell.error;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call, or a part of it, ran out of time; {@link #phase} says which part. */
public final class FetchTimeoutError extends FetchError {

  /** What ran out of time. */
  public enum Phase {
    /** Waiting for a permit, longer than the queue timeout; the attempt was never sent. */
    QUEUE("waiting for a permit"),
    /** Connecting, with the TLS handshake but without the name lookup. */
    CONNECT("connecting"),
    /**
     * One attempt, from its permit to its value: exchange and decoding. Of a request with a body:
     * none of it was taken for so long, or the answer took so long once all of it was sent.
     */
    ATTEMPT("one attempt"),
    /** The whole call: queueing, all attempts, the waits between them, decoding. */
    TOTAL("the whole call"),
    /** A streamed body from which nothing came. */
    IDLE("silence in the body");

    private final String what;

    Phase(String what) {
      this.what = what;
    }
  }

  private static final long serialVersionUID = 1L;

  private final Phase phase;

  /** Creates an error for a limit that was passed. */
  public FetchTimeoutError(
      Phase phase, Duration limit, CallFacts facts, @Nullable Throwable cause) {
    super(problem(phase, Objects.requireNonNull(phase, "phase").what, limit), facts, cause);
    this.phase = phase;
  }

  /**
   * Creates an error for a limit that was passed while the call waited for something on this side.
   *
   * @param waitedFor which, and what to do about it; may be empty
   */
  public FetchTimeoutError(Phase phase, Duration limit, String waitedFor, CallFacts facts) {
    this(phase, Objects.requireNonNull(phase, "phase").what, limit, waitedFor, facts);
  }

  /**
   * Creates an error for a limit that was passed, saying more closely what took too long.
   *
   * @param waitedFor what the call waited for on this side; may be empty
   */
  public FetchTimeoutError(
      Phase phase, String what, Duration limit, String waitedFor, CallFacts facts) {
    super(problem(phase, what, limit) + detail(waitedFor), facts, null);
    this.phase = phase;
  }

  private FetchTimeoutError(FetchTimeoutError other, CallFacts facts) {
    super(other, facts);
    this.phase = other.phase;
  }

  @Override
  FetchTimeoutError copy(CallFacts others) {
    return new FetchTimeoutError(this, others);
  }

  private static String problem(Phase phase, String what, Duration limit) {
    return Objects.requireNonNull(what, "what")
        + " took longer than "
        + Objects.requireNonNull(limit, "limit").toMillis()
        + " ms ["
        + Objects.requireNonNull(phase, "phase")
        + "]";
  }

  private static String detail(String waitedFor) {
    return Objects.requireNonNull(waitedFor, "waitedFor").isEmpty()
        ? ""
        : ", waiting for " + waitedFor;
  }

  /** What ran out of time. */
  public Phase phase() {
    return phase;
  }
}
