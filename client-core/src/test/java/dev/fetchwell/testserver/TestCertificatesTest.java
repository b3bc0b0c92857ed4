package dev.fetchwell.testserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TestCertificatesTest {

  @Test
  void trustedCertificateIsAccepted() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.startTls(TestCertificates.trusted(), Scripts.respond(200, "safe"))) {
      assertThat(get(server.url("/"))).isEqualTo("safe");
      assertThat(get("https://127.0.0.1:" + server.port())).isEqualTo("safe");
    }
  }

  @Test
  void untrustedCertificateIsRejected() {
    try (ScriptedServer server =
        ScriptedServer.startTls(TestCertificates.untrusted(), Scripts.respond(200, ""))) {
      assertThatThrownBy(() -> get(server.url("/"))).isInstanceOf(SSLHandshakeException.class);
      server.awaitNoOpenConnections(Duration.ofSeconds(10));
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void certificateOfAnotherHostIsRejected() {
    try (ScriptedServer server =
        ScriptedServer.startTls(TestCertificates.wrongHost(), Scripts.respond(200, ""))) {
      assertThatThrownBy(() -> get(server.url("/")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost");
    }
  }

  @Test
  void secureConnectionCanBeReset() {
    try (ScriptedServer server =
        ScriptedServer.startTls(TestCertificates.trusted(), Faults.resetInBody())) {
      assertThatThrownBy(() -> get(server.url("/"))).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void endOfClientIsNoticedUnderTls() throws Exception {
    Script script = Scripts.dripBody("x".repeat(100_000), Duration.ofMillis(1));
    try (ScriptedServer server = ScriptedServer.startTls(TestCertificates.trusted(), script)) {
      try (Socket client =
          TestCertificates.client().getSocketFactory().createSocket("localhost", server.port())) {
        client.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertThat(client.getInputStream().readNBytes(50)).endsWith('x');
      }
      server.awaitNoOpenConnections(Duration.ofSeconds(10));
    }
  }

  private static String get(String url) throws IOException {
    try (InputStream body = connection(url).getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static HttpsURLConnection connection(String url) throws IOException {
    HttpsURLConnection connection = (HttpsURLConnection) URI.create(url).toURL().openConnection();
    connection.setSSLSocketFactory(TestCertificates.client().getSocketFactory());
    connection.setReadTimeout(10_000);
    return connection;
  }
}
