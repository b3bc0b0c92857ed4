package dev.fetchwell.socket;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.internal.async.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Asks a connection's peer at intervals whether it is there. Guarded by the socket's lock. */
final class Heartbeat {

  private final SocketRun socket;
  private final Connection connection;
  private final Link link;
  private boolean awaitsPong;
  private boolean readerWaited;
  private long movedBefore;
  private @Nullable Cancellable timer;

  Heartbeat(SocketRun socket, Connection connection, Link link) {
    this.socket = socket;
    this.connection = connection;
    this.link = link;
  }

  void arm() {
    Duration interval = socket.settings().heartbeat;
    if (!interval.isZero()) {
      timer = socket.after(interval, () -> socket.changes().make(this::beat));
    }
  }

  void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  void pong() {
    awaitsPong = false;
  }

  /** The thread that reads has no time for a pong, as the handlers are behind. */
  void readerWaits(boolean waits) {
    readerWaited |= waits;
  }

  private void beat() {
    if (!socket.isCurrent(connection)) {
      return;
    }
    long moved = link.moved();
    // Behind or before a large message, a pong or a ping may take long.
    boolean isMoving = link.isMidFrame() && moved != movedBefore;
    movedBefore = moved;
    boolean isBehind = readerWaited || socket.inbox().isFull();
    readerWaited = false;
    if (isBehind) {
      awaitsPong = false;
    } else if (awaitsPong && !isMoving) {
      connection.cut();
      String detail = "no pong within " + socket.settings().heartbeat;
      socket.lost(
          connection,
          new ConnectionError(ConnectionError.Kind.RESET, detail, socket.facts(true), null));
      return;
    } else if (!awaitsPong) {
      awaitsPong = true;
      connection.ping();
    }
    arm();
  }
}
