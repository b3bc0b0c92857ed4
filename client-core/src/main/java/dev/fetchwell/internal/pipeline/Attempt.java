package dev.fetchwell.internal.pipeline;

import org.jspecify.annotations.Nullable;

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
  private volatile int status;
  private volatile long bytesIn;
  private volatile long bytesOut;
  private volatile boolean hopeless;
  private volatile String protocol = "";
  private volatile String waitsFor = "";
  private volatile String proxy = "";
  private volatile Upload upload = Upload.NONE;
  private volatile long uploadNanos;
  private volatile @Nullable LastLook lastLook;

  /** Whether a thread is in the exchange; guarded by this, as is the next. */
  private boolean exchanging;

  private @Nullable Runnable onReturn;

  /** How far the request's body is on its way. */
  public enum Upload {
    /** Not begun; or there is none. */
    NONE,
    /** The network takes it. */
    RUNNING,
    /** The network has taken all of it. */
    SENT
  }

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
  public void markWaiting(boolean waitsNow) {
    waiting = waitsNow;
  }

  /**
   * What the thread on the wire waits for here and not at the server, for the error if time runs
   * out meanwhile; an empty string for nothing. It stays if the attempt ends before the wait does.
   */
  public void markWaitingFor(String what) {
    waitsFor = what;
  }

  String waitsFor() {
    return waitsFor;
  }

  /** Who is to be asked when nothing is left to wait for. */
  public void lookAgain(LastLook asked) {
    lastLook = asked;
  }

  /** Who is to be asked when nothing is left to wait for; null for nobody. */
  public @Nullable LastLook lastLook() {
    return lastLook;
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

  /** Whether the peer said that it did not process the request. */
  public boolean wasRefused() {
    return refused;
  }

  /** A connection from the pool broke before a byte of the answer came. */
  public void markLostReusedConnection() {
    lostReusedConnection = true;
  }

  /** Whether a connection from the pool broke before a byte of the answer came. */
  public boolean lostReusedConnection() {
    return lostReusedConnection;
  }

  /** Another attempt would end as this one did, whatever the policy says. */
  public void markHopeless() {
    hopeless = true;
  }

  /** Whether another attempt would end as this one did. */
  public boolean isHopeless() {
    return hopeless;
  }

  /** Whether the server may have acted on it. */
  public boolean mayHaveBeenProcessed() {
    return sent && !refused;
  }

  /** The status that came. */
  public void markStatus(int code) {
    status = code;
  }

  /** The status that came, or 0. */
  public int status() {
    return status;
  }

  /** What was received of the body, before decompression. */
  public void markReceived(long bytes) {
    bytesIn = bytes;
  }

  /** What was sent of the request's body. */
  public void markWritten(long bytes) {
    bytesOut = bytes;
  }

  /**
   * The request's body begins, goes on or has ended: a sign of life for the attempt's timeout.
   *
   * @param nanos when, by the timer's clock
   */
  public void markUpload(Upload state, long nanos) {
    uploadNanos = nanos;
    upload = state;
  }

  /** How far the request's body is on its way. */
  public Upload upload() {
    return upload;
  }

  /** When there was the last sign of life of the body; meaningless if none was sent. */
  public long uploadNanos() {
    return uploadNanos;
  }

  /** The connection's protocol. */
  public void markProtocol(String name) {
    protocol = name;
  }

  /** The proxy that it goes through, as host and port. */
  public void markProxy(String hostAndPort) {
    proxy = hostAndPort;
  }

  /** The proxy that it goes through, as host and port; empty if there is none, or none yet. */
  public String proxy() {
    return proxy;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  String protocol() {
    return protocol;
  }

  /** A thread begins the exchange with the server. */
  public synchronized void exchangeBegins() {
    exchanging = true;
  }

  /** Whether a thread is in the exchange. */
  public synchronized boolean isExchanging() {
    return exchanging;
  }

  /** The thread is back from the exchange, whether anybody still waited for it or not. */
  public void exchangeReturned() {
    Runnable action;
    synchronized (this) {
      exchanging = false;
      action = onReturn;
      onReturn = null;
    }
    if (action != null) {
      action.run();
    }
  }

  /**
   * The attempt is given up.
   *
   * @param action runs when the thread is back that is still in the exchange
   * @return false if there is none, and the action will not run
   */
  public synchronized boolean abandon(Runnable action) {
    if (exchanging) {
      onReturn = action;
    }
    return exchanging;
  }
}
