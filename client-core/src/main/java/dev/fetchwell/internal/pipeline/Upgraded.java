package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.async.Cancellable;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection that no longer speaks HTTP, as its server has switched protocols. Read by one thread
 * at a time and written by one at a time, cancelled by any.
 */
public interface Upgraded extends Cancellable {

  /** What the peer sends. Reading blocks until there is something. */
  InputStream input();

  /** What the peer gets, once it is flushed. Writing blocks while the peer does not read. */
  OutputStream output();

  /** Closes the connection: reads and writes fail, also those that block now. */
  @Override
  void cancel();
}
