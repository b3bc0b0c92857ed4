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
final class Claim {

  private static final ConcurrentHashMap<Path, Claim> HELD = new ConcurrentHashMap<>();

  private final Path target;
  private final Opening owner;
  private final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();

  private Claim(Path target, Opening owner) {
    this.target = target;
    this.owner = owner;
  }

  /**
   * Claims a target. If its holder was cancelled, which ends its future at once, this waits for the
   * holder to let go: what is cancelled can be begun again right away.
   *
   * @throws FileError {@code IN_USE} if its holder is at work
   */
  static Claim of(Path target, Opening owner, CallFacts facts) {
    Claim ours = new Claim(target, owner);
    Claim holder = HELD.putIfAbsent(target, ours);
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
