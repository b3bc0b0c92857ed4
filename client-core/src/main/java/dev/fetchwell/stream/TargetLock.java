package dev.fetchwell.stream;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FileError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The sole right, within this process, to write a target. The file lock beside it is against other
 * processes; it alone would not do, as POSIX drops it when any channel of the file is closed.
 */
final class TargetLock {

  private static final ConcurrentHashMap<Path, TargetLock> HELD = new ConcurrentHashMap<>();

  private final Path target;
  private final CancellableWait owner;
  private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();

  private TargetLock(Path target, CancellableWait owner) {
    this.target = target;
    this.owner = owner;
  }

  /**
   * Locks a target. If its holder was cancelled, which ends its future at once, this waits for the
   * holder to let go: what is cancelled can be started again right away.
   *
   * @throws FileError {@code IN_USE} if its holder is at work
   */
  static TargetLock of(Path target, CancellableWait owner, CallFacts facts) {
    TargetLock ours = new TargetLock(target, owner);
    TargetLock holder = HELD.putIfAbsent(target, ours);
    while (holder != null) {
      if (!holder.owner.isCancelled()) {
        IOException held = new IOException("another download writes " + target.getFileName());
        throw new FileError(FileError.Kind.IN_USE, target, facts, held);
      }
      owner.await(holder.released.copy());
      holder = HELD.putIfAbsent(target, ours);
    }
    return ours;
  }

  void release() {
    HELD.remove(target, this);
    released.complete(null);
  }
}
