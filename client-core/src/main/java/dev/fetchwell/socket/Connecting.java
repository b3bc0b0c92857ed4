package dev.fetchwell.socket;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The handshake that is under way, if there is one. Guarded by the socket's lock: a handshake that
 * was cancelled and succeeds all the same is given up.
 */
final class Connecting {

  private final SocketRun socket;
  private final Home home;
  private @Nullable CompletableFuture<Link> handshake;
  private boolean isWanted;
  private volatile int attempts;

  Connecting(SocketRun socket, Home home) {
    this.socket = socket;
    this.home = home;
  }

  /** How many were begun. */
  int attempts() {
    return attempts;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // With the lock held.
  void begin() {
    attempts++;
    isWanted = true;
    socket.changes().then(this::connect);
  }

  void cancel() {
    isWanted = false;
    CompletableFuture<Link> call = handshake;
    handshake = null;
    if (call != null) {
      socket.changes().then(() -> call.cancel(false));
    }
  }

  private void connect() {
    CompletableFuture<Link> call = home.connect();
    socket
        .changes()
        .make(
            () -> {
              if (isWanted) {
                handshake = call;
              } else {
                socket.changes().then(() -> call.cancel(false));
              }
            });
    var unused =
        call.whenComplete((link, thrown) -> socket.changes().make(() -> ended(call, link, thrown)));
  }

  private void ended(
      CompletableFuture<Link> call, @Nullable Link link, @Nullable Throwable thrown) {
    boolean isExpected = handshake == call;
    if (isExpected) {
      handshake = null;
      isWanted = false;
    }
    if (link != null && isExpected) {
      socket.open(link);
    } else if (link != null) {
      socket.changes().then(link::cancel);
    } else if (isExpected && thrown != null) {
      socket.refused(errorOf(CallFuture.unwrap(thrown)));
    }
  }

  private FetchError errorOf(Throwable thrown) {
    // Nobody else cancels it but the client, when it is closed.
    return thrown instanceof CancellationException
        ? new ClientClosedError(socket.facts(false))
        : UnexpectedError.wrap(thrown);
  }
}
