package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Platform;
import java.net.Socket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call's way to a connection: how long that may take, over all addresses that are tried, and
 * the socket that counts as being opened meanwhile. Begun by whichever of OkHttp's threads connects
 * first, ended by any.
 */
final class Connecting {

  private final OpenSockets sockets;

  /** Written under this, once. */
  private volatile boolean begun;

  /** Whether a socket counts as being opened; guarded by this, as is the next. */
  private boolean opening;

  private boolean callEnded;
  private volatile @Nullable Cancellable timer;
  private volatile boolean over;
  private volatile boolean passed;

  /**
   * Nothing connects yet.
   *
   * @param sockets where it counts
   */
  Connecting(OpenSockets sockets) {
    this.sockets = sockets;
  }

  /** A socket is being opened; the first one begins the time. */
  void begin(Platform platform, Duration limit, Runnable giveUp) {
    if (!isFirst()) {
      return;
    }
    Cancellable armed = platform.timer().schedule(limit, () -> pass(giveUp));
    timer = armed;
    // A thread of OkHttp's may still begin to connect for a call that is over.
    if (over) {
      armed.cancel();
    }
  }

  private synchronized boolean isFirst() {
    if (!opening && !callEnded) {
      opening = true;
      sockets.opening();
    }
    boolean first = !begun;
    begun = true;
    return first;
  }

  private void pass(Runnable giveUp) {
    if (!over) {
      passed = true;
      giveUp.run();
    }
  }

  /** There is a connection, whose socket was opened for this call, or for another one. */
  void connected(Socket socket) {
    synchronized (this) {
      if (opening) {
        sockets.opened(socket);
        notOpening();
      }
    }
    end();
  }

  /** Nobody needs a connection any longer. */
  void callEnded() {
    synchronized (this) {
      callEnded = true;
      notOpening();
    }
    end();
  }

  private void notOpening() {
    if (opening) {
      opening = false;
      sockets.notOpening();
    }
  }

  private void end() {
    over = true;
    Cancellable armed = timer;
    if (armed != null) {
      armed.cancel();
    }
  }

  /** Whether a connection was being opened. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether it took too long. */
  boolean isPassed() {
    return passed;
  }
}
