package dev.fetchwell.internal.pipeline;

/**
 * How far one attempt has come. Its fields are written by the thread on the wire and read by any,
 * so that a timeout can say what it interrupted.
 */
public final class Attempt {

  private final int number;
  private final boolean freshConnection;

  private final boolean isRedirected;

  private volatile boolean waiting;
  private volatile boolean sent;
  private volatile boolean refused;
  private volatile boolean lostReusedConnection;

  Attempt(int number, boolean freshConnection, boolean isRedirected) {
    this.number = number;
    this.freshConnection = freshConnection;
    this.isRedirected = isRedirected;
  }

  /** From 1. */
  public int number() {
    return number;
  }

  /** It waits for a permit, or does so no longer. */
  void markWaiting(boolean waitsNow) {
    waiting = waitsNow;
  }

  /** How many attempts the server can have seen: one that still waits is none. */
  int started() {
    return waiting && !isRedirected ? number - 1 : number;
  }

  /** Whether a connection from the pool must not be used. */
  public boolean needsFreshConnection() {
    return freshConnection;
  }

  /** The first byte of the request may be on its way. */
  public void markSent() {
    sent = true;
  }

  /** The peer said that it did not process the request. */
  public void markRefused() {
    refused = true;
  }

  /** A connection from the pool broke before a byte of the answer came. */
  public void markLostReusedConnection() {
    lostReusedConnection = true;
  }

  boolean lostReusedConnection() {
    return lostReusedConnection;
  }

  boolean mayHaveBeenProcessed() {
    return sent && !refused;
  }
}
