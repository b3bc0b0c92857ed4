package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.observe.Exchanged;
import dev.fetchwell.observe.Phases;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How far one attempt has come. Its fields are written by the thread on the wire and read by any,
 * so that a timeout can say what it interrupted.
 */
public final class Attempt {

  private final int number;
  private final boolean freshConnection;
  private final Kind kind;
  private final WireTrace trace;
  private volatile int ofHost;
  private volatile boolean waiting;
  private volatile boolean trial;
  private volatile boolean sent;
  private volatile boolean refused;
  private volatile boolean lostReusedConnection;
  private volatile int status;
  private volatile long bytesIn;
  private volatile long bytesOut;
  private volatile boolean hopeless;
  private volatile boolean cached;
  private volatile boolean onWire;
  private volatile long wireNanos;
  private volatile String protocol = "";
  private volatile String waitsFor = "";
  private volatile String proxy = "";
  private volatile Upload upload = Upload.NONE;
  private volatile long uploadNanos;
  private volatile long sentNanos;
  private volatile long latencyNanos = -1;

  /** Tells how long it has waited on this side while it had its permits, by the time now. */
  private volatile LongUnaryOperator paused = now -> 0;

  /** Asked when all that it waits for is here; null: nobody wants to know. */
  private volatile @Nullable BooleanSupplier mayGo;

  private volatile @Nullable LastLook lastLook;

  /** Whether a thread is in the exchange; guarded by this, as is the next. */
  private boolean exchanging;

  private @Nullable Runnable onReturn;

  private enum Kind {
    /** A call's first, or a retry. */
    OWN,
    /** Goes on at another address, as the same attempt. */
    REDIRECTED,
    /** Beside another one. */
    HEDGE
  }

  /** An attempt; {@link WireTrace#NONE} if nobody listens. */
  Attempt(int number, boolean freshConnection, boolean isRedirected, WireTrace trace) {
    this(number, freshConnection, isRedirected ? Kind.REDIRECTED : Kind.OWN, trace);
  }

  private Attempt(int number, boolean freshConnection, Kind kind, WireTrace trace) {
    this.number = number;
    this.freshConnection = freshConnection;
    this.kind = kind;
    this.trace = trace;
  }

  /** One beside another one that is slow. */
  static Attempt hedge(int number, WireTrace trace) {
    return new Attempt(number, false, Kind.HEDGE, trace);
  }

  /** From 1. */
  public int number() {
    return number;
  }

  /** Whether it is the one that a call begins with, on its first hop. */
  public boolean isFirst() {
    return number == 1 && kind == Kind.OWN;
  }

  /** Whether it runs beside another one of its call, which is slow. */
  public boolean isHedge() {
    return kind == Kind.HEDGE;
  }

  /**
   * Whether it may wait here for what it needs before it is sent: a permit, the token of a rate
   * limit, the end of a cool-down. One that may not takes what is there at once, or else fails with
   * a {@code RejectedError}, of which its caller never hears: it only was to be quicker than the
   * attempt beside it. It tells no {@code queued} or {@code throttled} either, and is no trial of a
   * circuit breaker.
   */
  public boolean mayWait() {
    return kind != Kind.HEDGE;
  }

  /**
   * A circuit breaker lets it through to see how the host does: it is not tried again, and no other
   * attempt is sent beside it.
   */
  public void markTrial() {
    trial = true;
  }

  /** Whether a circuit breaker lets it through to see how the host does. */
  public boolean isTrial() {
    return trial;
  }

  /**
   * Whoever sent it on is asked whether it may go out when it has all that it waits for: once for
   * each hop, on the call's thread.
   */
  public void beforeSending(BooleanSupplier asked) {
    mayGo = asked;
  }

  /** It has all that it waits for: whether it may go out. */
  public boolean goesOut() {
    trace.mark(WireTrace.Mark.GRANTED);
    waiting = false;
    BooleanSupplier asked = mayGo;
    return asked == null || asked.getAsBoolean();
  }

  /** It waits for a permit, or does so no longer. */
  public void markWaiting(boolean waitsNow) {
    waiting = waitsNow;
  }

  /**
   * What the thread on the wire waits for here, for the error if time runs out meanwhile; an empty
   * string for nothing. It stays if the attempt ends before the wait does.
   */
  public void markWaitingFor(String what) {
    waitsFor = what;
  }

  /** What the thread on the wire waits for here and not at the server; empty for nothing. */
  public String waitsFor() {
    return waitsFor;
  }

  /**
   * It has all that it had to wait for here, and is handed to the wire.
   *
   * @param nanos when, by the timer's clock
   */
  public void markOnWire(long nanos) {
    wireNanos = nanos;
    onWire = true;
  }

  /** Whether it was ever handed to the wire. */
  public boolean isOnWire() {
    return onWire;
  }

  /** The time since it was handed to the wire; zero if it was not. */
  public long wireNanos(Timer timer) {
    return onWire ? timer.nanoTime() - wireNanos : 0;
  }

  /** It waits on this side for what others have, and for how long in all is told when asked. */
  public void pausedBy(LongUnaryOperator nanosByNow) {
    paused = nanosByNow;
  }

  /** How long it has waited on this side since it has its permits. */
  public long pausedNanos(long now) {
    return paused.applyAsLong(now);
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
    return waiting && kind != Kind.REDIRECTED ? number - 1 : number;
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

  /** A cache answered it, and not the host. */
  public void markCached() {
    cached = true;
  }

  /** Whether a cache answered it, and not the host. */
  public boolean isCached() {
    return cached;
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

  /** Which of its host's permits it has, from 0. */
  public void markNumberAtHost(int permit) {
    ofHost = permit;
  }

  /** Which of its host's permits it has, from 0: of those at a time each has another. */
  public int numberAtHost() {
    return ofHost;
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

  /** The request is about to be sent, at this time by the timer's clock. */
  public void markSentAt(long nanos) {
    sentNanos = nanos;
  }

  /** The headers of the answer are here, at this time by the timer's clock. */
  public void markAnsweredAt(long nanos) {
    if (upload != Upload.RUNNING) {
      latencyNanos = Math.max(0, nanos - (upload == Upload.SENT ? uploadNanos : sentNanos));
    }
  }

  /**
   * How many nanoseconds the server took from the end of the request to the headers of its answer;
   * -1 if it did not answer, or before it had all of the request.
   */
  public long latencyNanos() {
    return latencyNanos;
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

  /** What goes over the wire, and when, for those who listen. */
  public WireTrace trace() {
    return trace;
  }

  /** How long its parts took. */
  Phases phases() {
    return trace.phases();
  }

  /** What went over the wire; null if it never came there. */
  @Nullable Exchanged exchanged() {
    return trace.exchanged(this);
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
