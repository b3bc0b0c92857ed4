package dev.fetchwell.internal.okhttp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwaitingSslSocketTest {

  private ServerSocket listener;
  private WatchedSocket plain;
  private SSLSocket socket;
  private Socket peersPlain;
  private SSLSocket peer;

  @BeforeEach
  void open() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    plain = new WatchedSocket(new Socket());
    plain.connect(listener.getLocalSocketAddress());
    peersPlain = listener.accept();
    int port = listener.getLocalPort();
    peer =
        (SSLSocket)
            TestCertificates.trusted()
                .getSocketFactory()
                .createSocket(peersPlain, "localhost", port, true);
    peer.setUseClientMode(false);
    socket =
        (SSLSocket)
            new AwaitingSslSockets(TestCertificates.client().getSocketFactory())
                .createSocket(plain, "localhost", port, true);
  }

  private void shakeHands(String version) throws IOException {
    socket.setEnabledProtocols(new String[] {version});
    CompletableFuture<Void> shaken = run(peer::startHandshake);
    socket.startHandshake();
    Awaited.value(shaken);
  }

  @AfterEach
  void close() throws IOException {
    // First the socket below, as a call that is cancelled does: TLS would wait for its peer.
    plain.close();
    socket.close();
    peer.close();
    listener.close();
  }

  private interface Step {

    void run() throws IOException;
  }

  private static CompletableFuture<Void> run(Step step) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                step.run();
                done.complete(null);
              } catch (IOException e) {
                done.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  /** Flushes a request's end on a thread of its own; done when the flush returns. */
  private CompletableFuture<Void> flushedEnd() {
    return run(
        () -> {
          OutputStream out = socket.getOutputStream();
          out.write("request".getBytes(US_ASCII));
          ((FirstBytes.Awaiting) socket).awaitsAnswer();
          out.flush();
        });
  }

  private void assertRequestCame() throws IOException {
    assertThat(peer.getInputStream().readNBytes(7)).isEqualTo("request".getBytes(US_ASCII));
  }

  /** With 1.3, what the server sends first are tickets, which are no answer. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requestIsSentBeforeItsFlushWaitsForTheAnswerWhichIsReadAsItCame(String version)
      throws IOException {
    shakeHands(version);
    CompletableFuture<Void> flushed = flushedEnd();

    assertRequestCame();
    assertThat(flushed).isNotDone();
    String answer = "x".repeat(20_000) + "end";
    peer.getOutputStream().write(answer.getBytes(US_ASCII));
    peer.shutdownOutput();
    Awaited.value(flushed);

    InputStream in = socket.getInputStream();
    assertThat(in.available()).isGreaterThanOrEqualTo(512);
    assertThat(in.read()).isEqualTo('x');
    assertThat(in.skip(599)).isEqualTo(599);
    assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo(answer.substring(600));
  }

  @Test
  void bytesAreCountedOnceAsTheyCameOverTheNetwork() throws IOException {
    shakeHands("TLSv1.2");
    long before = plain.watch().received();
    CompletableFuture<Void> flushed = flushedEnd();
    assertRequestCame();
    peer.getOutputStream().write(new byte[300]);
    Awaited.value(flushed);

    assertThat(socket.getInputStream().readNBytes(300)).hasSize(300);

    assertThat(plain.watch().received() - before).isBetween(300L, 400L);
  }

  @Test
  void secondAnswerIsAwaitedLikeTheFirst() throws IOException {
    shakeHands("TLSv1.3");
    for (int octet = 1; octet <= 3; octet++) {
      CompletableFuture<Void> flushed = flushedEnd();
      assertRequestCame();
      peer.getOutputStream().write(octet);
      Awaited.value(flushed);
      assertThat(socket.getInputStream().read()).isEqualTo(octet);
    }
  }

  @Test
  void otherFlushesDoNotWait() throws IOException {
    shakeHands("TLSv1.3");
    OutputStream out = socket.getOutputStream();

    out.write(1);
    out.flush();

    assertThat(peer.getInputStream().read()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void endOfTheConnectionIsLeftToWhoReads(String version) throws IOException {
    shakeHands(version);
    InputStream in = socket.getInputStream();
    CompletableFuture<Void> flushed = flushedEnd();
    assertRequestCame();
    peer.shutdownOutput();
    Awaited.value(flushed);

    assertThat(in.read()).isEqualTo(-1);
  }

  /** Read again, TLS would only say that it has been closed. */
  @Test
  void failureIsToldAsItWasToWhoReads() throws IOException {
    shakeHands("TLSv1.3");
    InputStream in = socket.getInputStream();
    CompletableFuture<Void> flushed = flushedEnd();
    assertRequestCame();
    peersPlain.setSoLinger(true, 0);
    peersPlain.close();
    Awaited.value(flushed);

    assertThatThrownBy(in::read)
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("Connection reset");
    assertThatThrownBy(in::read).isInstanceOf(IOException.class);
  }

  @Test
  void socketThatACancelledCallClosesBelowEndsTheWaitAndFailsWhoReads() throws IOException {
    shakeHands("TLSv1.3");
    InputStream in = socket.getInputStream();
    CompletableFuture<Void> flushed = flushedEnd();
    assertRequestCame();

    plain.close();

    Awaited.value(flushed);
    assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
  }

  /** TLS then says that there is no more, or that it is closed. */
  @Test
  void socketThatIsClosedAtOnceEndsTheWait() throws IOException {
    shakeHands("TLSv1.3");
    CompletableFuture<Void> flushed = flushedEnd();
    assertRequestCame();

    ConnectionWatches.closeNow(socket);

    Awaited.value(flushed);
    assertThat(plain.isClosed()).isTrue();
  }

  /** Everything that somebody may ask an event listener's connection for. */
  @Test
  void allElseIsTheOtherSockets() throws IOException {
    shakeHands("TLSv1.3");
    socket.setKeepAlive(true);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(5);

    assertThat(List.of(plain.getKeepAlive(), plain.getTcpNoDelay())).containsOnly(true);
    assertThat(plain.getSoTimeout()).isEqualTo(5);
    assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(socket.getLocalSocketAddress()).isEqualTo(plain.getLocalSocketAddress());
    assertThat(socket.isConnected()).isTrue();
    assertThat(socket.getUseClientMode()).isTrue();
  }
}
