package dev.fetchwell.internal.okhttp;

import dev.fetchwell.http.FetchRequest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request whose caller set {@code Expect: 100-continue}. OkHttp waits for the server's word as
 * long as it reads, which is for ever, and many servers never say it; there is no way to tell it to
 * go on but a 100. So such a request gets a connection of its own, of HTTP/1.1, and if nothing has
 * come over that within a second, OkHttp reads a 100 there. One that comes later is skipped.
 */
final class ExpectContinue {

  private static final int PATIENCE_MILLIS = 1_000;

  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private ExpectContinue() {}

  /** Whether a request waits for the server's word before it sends its body. */
  static boolean isSetOn(FetchRequest request) {
    return request.body().isPresent()
        && request.header("Expect").orElse("").strip().equalsIgnoreCase("100-continue");
  }

  /**
   * Whether the wait can be bounded: not on a connection of HTTP/2, nor on a plain one that the JDK
   * makes by itself, through SOCKS.
   */
  static boolean isPossible(OkHttpClient client, boolean isTls) {
    @Nullable Proxy proxy = client.proxy();
    boolean ofTheJdk = !isTls && proxy != null && proxy.type() == Proxy.Type.SOCKS;
    return !ofTheJdk && !client.protocols().contains(Protocol.H2_PRIOR_KNOWLEDGE);
  }

  /** The request that does not wait. */
  static Request without(Request request) {
    return request.newBuilder().removeHeader("Expect").build();
  }

  /** A client for one such request, made of one whose connections nobody else gets. */
  static OkHttpClient client(OkHttpClient fresh, boolean isTls) {
    OkHttpClient.Builder builder = fresh.newBuilder().protocols(List.of(Protocol.HTTP_1_1));
    @Nullable X509TrustManager trust = fresh.x509TrustManager();
    if (!isTls) {
      builder.socketFactory(PatientSockets.plain(fresh.socketFactory()));
    } else if (trust != null) {
      builder.sslSocketFactory(PatientSockets.secure(fresh.sslSocketFactory()), trust);
    }
    return builder.build();
  }

  /** What the server says; at the beginning, a 100 if it says nothing for a while. */
  static final class PatientInput extends FilterInputStream {

    private final Socket socket;
    private boolean begun;

    /** How much of the 100 was read; all of it if none is. */
    private int given = CONTINUE.length;

    PatientInput(InputStream in, Socket socket) {
      super(in);
      this.socket = socket;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (given == CONTINUE.length) {
        if (begun) {
          return in.read(target, offset, length);
        }
        begun = true;
        int count = readInTime(target, offset, length);
        if (given == CONTINUE.length) {
          return count;
        }
      }
      int count = Math.min(length, CONTINUE.length - given);
      System.arraycopy(CONTINUE, given, target, offset, count);
      given += count;
      return count;
    }

    private int readInTime(byte[] target, int offset, int length) throws IOException {
      int before = socket.getSoTimeout();
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        return in.read(target, offset, length);
      } catch (SocketTimeoutException nothingCame) {
        given = 0;
        return 0;
      } finally {
        if (!socket.isClosed()) {
          socket.setSoTimeout(before);
        }
      }
    }
  }
}
