package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Timer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells a peer that only sends control frames from one that answers, by the number of bytes: what
 * comes in between two signs of a call's progress must be explained by what was sent, or by bodies
 * that nobody reads at the moment. Under TLS there is nothing else to see from outside of OkHttp.
 *
 * <p>Fed by the thread that reads from the connection; told of progress by any.
 */
final class InboundMeter {

  /**
   * Far above what pings, settings and window updates of a sound peer amount to. Not more, as what
   * OkHttp does for each of them takes the longer the more of them wait.
   */
  private static final long CONTROL_BYTES = 64 * 1024;

  private static final long WINDOW_NANOS = 10_000_000_000L;

  /** What OkHttp reads ahead of a body's consumer (16 MiB), with frames and TLS around it. */
  private static final long BODY_BYTES = 20L * 1024 * 1024;

  /** A window update comes for each few kilobytes sent. */
  private static final int SENT_FOR_EACH_BYTE = 8;

  private final Timer timer;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicInteger openBodies = new AtomicInteger();
  private final AtomicInteger droppedBodies = new AtomicInteger();
  private volatile boolean progressed;

  // The reading thread's own.
  private long unexplained;
  private long sentBefore;
  private long since;
  private boolean measuring;
  private int floods;

  InboundMeter(Timer timer) {
    this.timer = timer;
  }

  void sent(int count) {
    sent.addAndGet(count);
  }

  /** A call got its headers or a part of its body. */
  void progressed() {
    if (!progressed) {
      progressed = true;
    }
  }

  void bodyOpened() {
    openBodies.incrementAndGet();
  }

  void bodyEnded() {
    openBodies.decrementAndGet();
  }

  /** What the peer had sent of it by then still comes. */
  void bodyDropped() {
    droppedBodies.incrementAndGet();
    openBodies.decrementAndGet();
  }

  /**
   * Counts what came in.
   *
   * @param carriesCalls whether a body may be among it
   * @return how often in a row too much came without progress: 0 from a sound peer
   */
  int received(int count, boolean carriesCalls) {
    if (progressed) {
      progressed = false;
      droppedBodies.set(0);
      measuring = false;
      floods = 0;
      begin();
    }
    unexplained += count;
    return unexplained <= CONTROL_BYTES ? 0 : weigh(carriesCalls);
  }

  private int weigh(boolean carriesCalls) {
    long bodies = carriesCalls ? BODY_BYTES * (openBodies.get() + droppedBodies.get()) : 0;
    long answers = (sent.get() - sentBefore) / SENT_FOR_EACH_BYTE;
    if (unexplained <= CONTROL_BYTES + bodies + answers) {
      return 0;
    }
    // The clock is only read here, so the first lot of bytes begins the measuring.
    long now = timer.nanoTime();
    floods = measuring && now - since < WINDOW_NANOS ? floods + 1 : 0;
    measuring = true;
    since = now;
    begin();
    return floods;
  }

  private void begin() {
    unexplained = 0;
    sentBefore = sent.get();
  }
}
