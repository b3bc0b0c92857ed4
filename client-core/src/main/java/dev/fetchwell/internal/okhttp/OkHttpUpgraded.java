package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.pipeline.Upgraded;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import okio.BufferedSink;
import okio.BufferedSource;
import okio.Okio;
import okio.Socket;

/**
 * A connection after a switch of protocols. Each direction's lock is held while a thread is in it,
 * for OkHttp's sources and sinks are not thread-safe; cancelling does not wait for them but breaks
 * the connection, and whoever leaves a direction last closes it. OkHttp counts the connection until
 * both are closed.
 */
final class OkHttpUpgraded implements Upgraded {

  static final int SWITCHING_PROTOCOLS = 101;

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final Socket socket;
  private final BufferedSource source;
  private final BufferedSink sink;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean cancelled;

  OkHttpUpgraded(Socket socket) {
    this.socket = socket;
    this.source = Okio.buffer(socket.getSource());
    this.sink = Okio.buffer(socket.getSink());
  }

  @Override
  public InputStream input() {
    return new Input();
  }

  @Override
  public OutputStream output() {
    return new Output();
  }

  @Override
  public void cancel() {
    cancelled = true;
    socket.cancel();
    closeIfCancelled(source, reading);
    closeIfCancelled(sink, writing);
  }

  private void closeIfCancelled(Closeable direction, ReentrantLock lock) {
    if (!cancelled || !lock.tryLock()) {
      return;
    }
    try {
      direction.close();
    } catch (Throwable broken) {
      // The connection is closed already, so this says nothing new; or it is a caller's listener.
      LOG.log(System.Logger.Level.DEBUG, "closing an upgraded connection", broken);
    } finally {
      lock.unlock();
    }
  }

  private final class Input extends InputStream {

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      reading.lock();
      try {
        return source.read(target, offset, length);
      } catch (IllegalStateException closed) {
        throw new IOException("closed", closed);
      } finally {
        reading.unlock();
        closeIfCancelled(source, reading);
      }
    }
  }

  private final class Output extends OutputStream {

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      locked(() -> sink.write(bytes, offset, length));
    }

    @Override
    public void flush() throws IOException {
      locked(sink::flush);
    }

    private void locked(Write write) throws IOException {
      writing.lock();
      try {
        write.run();
      } catch (IllegalStateException closed) {
        throw new IOException("closed", closed);
      } finally {
        writing.unlock();
        closeIfCancelled(sink, writing);
      }
    }
  }

  private interface Write {

    void run() throws IOException;
  }
}
