package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.net.ssl.SSLSocket;

/**
 * A socket of TLS that awaits an answer as a {@link WatchedSocket} does. That one is below it, and
 * cannot do it: TLS passes no flush on, and what comes first there may be no answer yet, but a
 * session's ticket. Its watch counts the bytes of both.
 */
final class AwaitingSslSocket extends ForwardingSslSocket implements FirstBytes.Awaiting {

  private final FirstBytes first = new FirstBytes();

  AwaitingSslSocket(SSLSocket delegate) {
    super(delegate);
  }

  @Override
  public void awaitsAnswer() {
    first.expect();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return first.before(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return first.after(super.getOutputStream(), super.getInputStream());
  }
}
