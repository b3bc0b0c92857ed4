package dev.fetchwell.socket;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The futures that tell of a socket's first connection and of its end, and how long the end may
 * take. Guarded by the socket's lock.
 */
final class Ending {

  private final Changes changes;
  private final Home home;
  private final CompletableFuture<@Nullable Void> opened = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
  private final List<CompletableFuture<@Nullable Void>> stopped = new ArrayList<>();
  private final List<Cancellable> limits = new ArrayList<>();
  private boolean wasOpen;
  private boolean complete;

  Ending(Changes changes, Home home) {
    this.changes = changes;
    this.home = home;
  }

  /** It is open. */
  void opened() {
    if (!wasOpen) {
      wasOpen = true;
      changes.then(() -> home.complete(() -> opened.complete(null)));
    }
  }

  /** Whether everybody has been told, or is being told. */
  boolean isComplete() {
    return complete;
  }

  void addStopped(CompletableFuture<@Nullable Void> future) {
    stopped.add(future);
  }

  void addLimit(Cancellable timer) {
    limits.add(timer);
  }

  boolean isLimited() {
    return !limits.isEmpty();
  }

  void dropLimits() {
    limits.forEach(Cancellable::cancel);
    limits.clear();
  }

  /**
   * Completes all that is left; only the first time.
   *
   * @param error what it ended with; null if it ended as it was asked to
   */
  void complete(@Nullable FetchError error) {
    if (complete) {
      return;
    }
    complete = true;
    dropLimits();
    boolean neverOpened = !wasOpen;
    changes.then(() -> home.complete(() -> completeAll(error, neverOpened)));
  }

  private void completeAll(@Nullable FetchError error, boolean neverOpened) {
    if (neverOpened) {
      opened.completeExceptionally(
          error == null
              ? new CancellationException("the web socket was stopped before it was open")
              : error);
    }
    if (error == null) {
      closed.complete(null);
    } else {
      closed.completeExceptionally(error);
    }
    stopped.forEach(future -> future.complete(null));
  }

  CompletableFuture<@Nullable Void> whenOpened() {
    return ownOf(opened);
  }

  CompletableFuture<@Nullable Void> whenClosed() {
    return ownOf(closed);
  }

  /** Who cancels it cancels nobody else's. */
  private static CompletableFuture<@Nullable Void> ownOf(CompletableFuture<@Nullable Void> shared) {
    CompletableFuture<@Nullable Void> own = new CompletableFuture<>();
    var unused =
        shared.whenComplete(
            (done, thrown) -> {
              if (thrown == null) {
                own.complete(null);
              } else {
                own.completeExceptionally(thrown);
              }
            });
    return own;
  }
}
