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
    /** One attempt, from its permit to its value: exchange and decoding. */
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
    super(
        Objects.requireNonNull(phase, "phase").what
            + " took longer than "
            + Objects.requireNonNull(limit, "limit").toMillis()
            + " ms ["
            + phase
            + "]",
        facts,
        cause);
    this.phase = phase;
  }

  /** What ran out of time. */
  public Phase phase() {
    return phase;
  }
}
