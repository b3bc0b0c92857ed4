package dev.fetchwell.internal.okhttp;

import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Another factory's sockets of TLS, each an {@link AwaitingSslSocket}. Equal to another one of the
 * same factory: OkHttp shares no connection between clients whose factories differ.
 */
final class AwaitingSslSockets extends ForwardingSslSockets {

  /** OkHttp knows the sockets of other makers by their class, so they stay what they are. */
  private static final String OF_THE_JDK = "sun.security.ssl.";

  private final SSLSocketFactory sockets;

  AwaitingSslSockets(SSLSocketFactory sockets) {
    super(sockets);
    this.sockets = sockets;
  }

  /**
   * Has a client use them, unless it speaks no TLS.
   *
   * @param built the same client as it is without them
   */
  static void useIn(OkHttpClient.Builder client, OkHttpClient built) {
    @Nullable X509TrustManager trust = built.x509TrustManager();
    if (FirstBytes.isEnabled() && trust != null) {
      client.sslSocketFactory(new AwaitingSslSockets(built.sslSocketFactory()), trust);
    }
  }

  @Override
  Socket made(Socket socket) {
    return socket instanceof SSLSocket secure && socket.getClass().getName().startsWith(OF_THE_JDK)
        ? new AwaitingSslSocket(secure)
        : socket;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AwaitingSslSockets same && same.sockets.equals(sockets);
  }

  @Override
  public int hashCode() {
    return sockets.hashCode();
  }
}
