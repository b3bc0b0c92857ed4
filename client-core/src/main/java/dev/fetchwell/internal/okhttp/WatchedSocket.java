package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Guard;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A socket that tells its {@link ConnectionWatch} of every byte.
 *
 * <p>Once the watch has retired the connection, {@link #isClosed} says so although it is open:
 * OkHttp asks that before it gives the connection to another call, and leaves alone the calls that
 * it carries. It has no public way to the same end.
 */
final class WatchedSocket extends ForwardingSocket {

  private final ConnectionWatch watch;
  private volatile ConnectionWatches.@Nullable Ends ends;

  /** Made when it is first needed; of the thread that has the connection, as is the next. */
  private @Nullable FirstBytes first;

  private boolean awaitsAnswer;

  WatchedSocket(Socket delegate) throws SocketException {
    super(delegate);
    watch = new ConnectionWatch(() -> close(delegate), true);
  }

  private static void close(Socket delegate) {
    try {
      delegate.close();
    } catch (IOException | RuntimeException thrown) {
      Guard.report(thrown);
    }
  }

  ConnectionWatch watch() {
    return watch;
  }

  @Override
  public void connect(SocketAddress address, int timeoutMillis) throws IOException {
    super.connect(address, timeoutMillis);
    ends = ConnectionWatches.opened(this, watch);
  }

  @Override
  public boolean isClosed() {
    return watch.isRetired() || super.isClosed();
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // The other one locks what it needs.
  public void close() throws IOException {
    ConnectionWatches.closed(ends, watch);
    super.close();
  }

  /**
   * A request of HTTP/1.1 ends with the next flush, and nothing comes after it before its answer:
   * that flush waits for it.
   */
  void awaitsAnswer() {
    awaitsAnswer = FirstBytes.ENABLED;
  }

  private void awaitAnswer() {
    FirstBytes known = first;
    if (known == null) {
      known = new FirstBytes();
      first = known;
    }
    known.await(super::getInputStream, watch);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        FirstBytes kept = first;
        if (kept != null && length > 0 && kept.available() > 0) {
          return kept.take(target, offset, length);
        }
        int count = in.read(target, offset, length);
        if (count > 0) {
          watch.received(target, offset, count);
        }
        return count;
      }

      @Override
      public int available() throws IOException {
        FirstBytes kept = first;
        return in.available() + (kept == null ? 0 : kept.available());
      }

      @Override
      public void close() throws IOException {
        WatchedSocket.this.close();
      }
    };
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        watch.sent(length);
      }

      @Override
      public void flush() throws IOException {
        out.flush();
        if (awaitsAnswer) {
          awaitsAnswer = false;
          awaitAnswer();
        }
      }

      @Override
      public void close() throws IOException {
        WatchedSocket.this.close();
      }
    };
  }
}
