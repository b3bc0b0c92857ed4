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
final class WatchedSocket extends ForwardingSocket implements FirstBytes.Awaiting {

  private final ConnectionWatch watch;
  private final FirstBytes first = new FirstBytes();
  private volatile ConnectionWatches.@Nullable Ends ends;

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

  @Override
  public void awaitsAnswer() {
    first.expect();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return first.before(received());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return first.after(sent(), received());
  }

  /** Read by arrays only. */
  private InputStream received() throws IOException {
    return new FilterInputStream(super.getInputStream()) {

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = in.read(target, offset, length);
        if (count > 0) {
          watch.received(target, offset, count);
        }
        return count;
      }

      @Override
      public void close() throws IOException {
        WatchedSocket.this.close();
      }
    };
  }

  /** Written by arrays only. */
  private OutputStream sent() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        watch.sent(length);
      }

      @Override
      public void close() throws IOException {
        WatchedSocket.this.close();
      }
    };
  }
}
