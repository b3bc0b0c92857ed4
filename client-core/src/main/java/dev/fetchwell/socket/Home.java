package dev.fetchwell.socket;

import dev.fetchwell.internal.async.Platform;
import java.util.concurrent.CompletableFuture;

/** What a socket needs of the client that it belongs to: what a test replaces. */
interface Home {

  /** Connects, once; does not throw. */
  CompletableFuture<Link> connect();

  /** Time and threads. */
  Platform platform();

  /** Completes a caller's future where the client's futures complete. */
  void complete(Runnable completion);

  /** False if the client is closed. */
  boolean adopt(SocketRun socket);

  /** The socket holds nothing any longer. */
  void release(SocketRun socket);

  /** The address as it may be shown. */
  String shownUrl();
}
