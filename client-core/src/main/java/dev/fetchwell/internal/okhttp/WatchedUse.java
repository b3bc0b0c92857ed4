package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Platform;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * One call's use of a watched connection: what came in meanwhile, and the doubt that it raises if
 * it waits in vain. Written by the call's thread, read by any.
 */
final class WatchedUse {

  private static final VarHandle INSIDE;

  static {
    try {
      INSIDE =
          MethodHandles.lookup().findVarHandle(WatchedUse.class, "inside", ConnectionWatch.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private volatile @Nullable ConnectionWatch watch;

  /** The connection that it has now; taken out by the one who gives it back, by its handle. */
  private volatile @Nullable ConnectionWatch inside;

  private volatile int pardonsBefore;
  private volatile long receivedBefore;
  private volatile @Nullable Ping ownPing;
  private volatile boolean bodySent;

  void enter(ConnectionWatch entered) {
    watch = entered;
    pardonsBefore = entered.pardons();
    receivedBefore = entered.received();
    leave();
    inside = entered;
    entered.entered();
  }

  /** The connection is given back, or OkHttp could not say so. */
  void leave() {
    ConnectionWatch left = (ConnectionWatch) INSIDE.getAndSet(this, null);
    if (left != null) {
      left.left();
    }
  }

  /** What watches over the connection that the call has, or had last. */
  @Nullable ConnectionWatch watch() {
    return watch;
  }

  /** What came in on the connection since the call has it. */
  long receivedBytes() {
    ConnectionWatch now = watch;
    return now == null ? 0 : now.received() - receivedBefore;
  }

  /** Has the stream's own timeout, for when the body was sent. */
  void sendsBodyOn(Timeout stream) {
    ownPing = Ping.by(stream);
  }

  void bodySent() {
    bodySent = true;
  }

  /** An answer began. */
  void progressed() {
    ConnectionWatch now = watch;
    if (now != null) {
      now.progressed();
    }
  }

  /**
   * The call is given up after a wait as long as a timeout's: on HTTP/2 that puts the connection in
   * doubt.
   *
   * @return what is to be done once the call is cancelled
   */
  Runnable waitedInVain(Duration answerWithin, Platform platform) {
    ConnectionWatch now = inside;
    return now == null || !now.isMultiplexed()
        ? ConnectionWatch.NOTHING
        : now.doubt(answerWithin, platform, pardonsBefore, bodySent ? ownPing : null);
  }
}
