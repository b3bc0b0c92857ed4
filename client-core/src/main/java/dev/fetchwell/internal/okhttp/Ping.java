package dev.fetchwell.internal.okhttp;

import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Has OkHttp ping the peer of an HTTP/2 connection. OkHttp does so when one of its own timeouts of
 * a stream fires; they are turned off, for ours cover them. So the timeout of a stream that is over
 * is made to fire, on which nobody waits any longer.
 */
final class Ping {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  /** To be sure whose timeout it is: those of sockets close them. */
  private static final String STREAMS = "okhttp3.internal.http2.";

  private final AsyncTimeout timeout;

  private Ping(AsyncTimeout timeout) {
    this.timeout = timeout;
  }

  /** By the timeout of a stream that is over; null if it is none of OkHttp's. */
  static @Nullable Ping by(Timeout timeout) {
    return timeout instanceof AsyncTimeout async && timeout.getClass().getName().startsWith(STREAMS)
        ? new Ping(async)
        : null;
  }

  void send() {
    try {
      boolean unused = timeout.exit();
      timeout.timeout(1, TimeUnit.NANOSECONDS);
      timeout.enter();
    } catch (Throwable thrown) {
      // Nobody answers a ping that was not sent, so the connection is given up.
      LOG.log(System.Logger.Level.DEBUG, "cannot ping", thrown);
    }
  }
}
