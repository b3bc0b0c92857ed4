package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testserver.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.ConnectionSpec;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class AwaitingSslSocketsTest {

  private final SSLSocketFactory ofTheJdk = TestCertificates.client().getSocketFactory();

  private OkHttpClient own() {
    return new OkHttpClient.Builder()
        .sslSocketFactory(ofTheJdk, TestCertificates.clientTrustManager())
        .build();
  }

  @Test
  void areEqualIfTheyAreOfTheSameFactory() {
    assertThat(new AwaitingSslSockets(ofTheJdk))
        .isEqualTo(new AwaitingSslSockets(ofTheJdk))
        .hasSameHashCodeAs(new AwaitingSslSockets(ofTheJdk))
        .isNotEqualTo(new AwaitingSslSockets((SSLSocketFactory) SSLSocketFactory.getDefault()))
        .isNotEqualTo(ofTheJdk);
  }

  @Test
  void partsOfTheSharedPoolHaveTheSame() {
    try (Transport transport = SharedTransport.lease()) {
      SSLSocketFactory first = transport.pooled(0).sslSocketFactory();
      assertThat(first).isInstanceOf(AwaitingSslSockets.class);
      assertThat(transport.pooled(64).sslSocketFactory()).isSameAs(first);
      assertThat(transport.upgrading().sslSocketFactory()).isSameAs(first);
    }
  }

  @Test
  void callersClientKeepsItsTrustAndIsNotChanged() {
    OkHttpClient own = own();
    try (Transport transport = SharedTransport.of(own);
        Transport other = SharedTransport.of(own)) {
      OkHttpClient used = transport.pooled(0);
      assertThat(used.x509TrustManager()).isSameAs(own.x509TrustManager());
      assertThat(used.sslSocketFactory()).isEqualTo(other.pooled(0).sslSocketFactory());
      assertThat(used.certificatePinner()).isEqualTo(own.certificatePinner());
      assertThat(own.sslSocketFactory()).isSameAs(ofTheJdk);
    }
  }

  @Test
  void clientThatSpeaksNoTlsHasNone() {
    OkHttpClient own =
        new OkHttpClient.Builder().connectionSpecs(List.of(ConnectionSpec.CLEARTEXT)).build();
    try (Transport transport = SharedTransport.of(own)) {
      assertThat(transport.pooled(0).x509TrustManager()).isNull();
    }
  }

  /** OkHttp finds by their class how to tell them the protocols, such as those of Conscrypt. */
  @Test
  void socketsOfOtherMakersStayWhatTheyAre() throws IOException {
    SSLSocketFactory another =
        new ForwardingSslSockets(ofTheJdk) {

          @Override
          Socket made(Socket socket) {
            return new ForwardingSslSocket((SSLSocket) socket);
          }
        };
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket other = connected(another, listener);
        Socket jdks = connected(ofTheJdk, listener)) {
      assertThat(other).isExactlyInstanceOf(ForwardingSslSocket.class);
      assertThat(jdks).isInstanceOf(AwaitingSslSocket.class);
    }
  }

  private static Socket connected(SSLSocketFactory of, ServerSocket listener) throws IOException {
    Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
    plain.setSoLinger(true, 0);
    return new AwaitingSslSockets(of).createSocket(plain, "localhost", 443, true);
  }
}
