package dev.fetchwell.internal.okhttp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.testkit.Awaited;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirstBytesTest {

  private ServerSocket listener;
  private WatchedSocket socket;
  private Socket peer;

  @BeforeEach
  void connect() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    socket = new WatchedSocket(new Socket());
    socket.connect(listener.getLocalSocketAddress());
    peer = listener.accept();
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    peer.close();
    listener.close();
  }

  private CompletableFuture<Void> flushedEnd() {
    return flushedEnd(socket);
  }

  /** Flushes a request's end on a thread of its own; done when the flush returns. */
  private static CompletableFuture<Void> flushedEnd(WatchedSocket socket) {
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                OutputStream out = socket.getOutputStream();
                out.write("request".getBytes(US_ASCII));
                socket.awaitsAnswer();
                out.flush();
                flushed.complete(null);
              } catch (IOException e) {
                flushed.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return flushed;
  }

  @Test
  void requestIsSentBeforeItsFlushWaitsForTheAnswerWhichIsReadAsItCame() throws IOException {
    CompletableFuture<Void> flushed = flushedEnd();

    assertThat(peer.getInputStream().readNBytes(7)).isEqualTo("request".getBytes(US_ASCII));
    assertThat(flushed).isNotDone();
    String answer = "x".repeat(700) + "end";
    peer.getOutputStream().write(answer.getBytes(US_ASCII));
    peer.shutdownOutput();
    Awaited.value(flushed);

    InputStream in = socket.getInputStream();
    assertThat(in.available()).isEqualTo(703);
    assertThat(in.read()).isEqualTo('x');
    assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo(answer.substring(1));
    assertThat(socket.watch().received()).isEqualTo(703);
  }

  @Test
  void otherFlushesDoNotWait() throws IOException {
    OutputStream out = socket.getOutputStream();
    out.flush();
    CompletableFuture<Void> flushed = flushedEnd();
    peer.getOutputStream().write(1);
    Awaited.value(flushed);

    out.flush();

    assertThat(socket.getInputStream().read()).isEqualTo(1);
  }

  @Test
  void endOfTheConnectionIsLeftToWhoReads() throws IOException {
    CompletableFuture<Void> flushed = flushedEnd();
    peer.shutdownOutput();
    Awaited.value(flushed);

    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void socketThatIsClosedEndsTheWaitAndFailsWhoReads() throws IOException {
    CompletableFuture<Void> flushed = flushedEnd();
    assertThat(peer.getInputStream().readNBytes(7)).hasSize(7);
    InputStream in = socket.getInputStream();

    socket.close();

    Awaited.value(flushed);
    assertThatThrownBy(in::read).isInstanceOf(IOException.class);
  }

  @Test
  void secondAnswerIsAwaitedLikeTheFirst() throws IOException {
    for (int octet = 1; octet <= 3; octet++) {
      CompletableFuture<Void> flushed = flushedEnd();
      assertThat(peer.getInputStream().readNBytes(7)).hasSize(7);
      peer.getOutputStream().write(octet);
      Awaited.value(flushed);
      assertThat(socket.getInputStream().read()).isEqualTo(octet);
    }
  }

  @Test
  void whatIsLeftOfAnAnswerIsNoReasonToWait() throws IOException {
    CompletableFuture<Void> first = flushedEnd();
    peer.getOutputStream().write(new byte[] {1, 2});
    Awaited.value(first);
    assertThat(socket.getInputStream().read()).isEqualTo(1);

    Awaited.value(flushedEnd());

    assertThat(socket.getInputStream().read()).isEqualTo(2);
  }

  @Test
  void switchThatIsOffLeavesTheWaitToWhoReads() throws IOException {
    System.setProperty(FirstBytes.SWITCH, "false");
    try (WatchedSocket without = new WatchedSocket(new Socket())) {
      without.connect(listener.getLocalSocketAddress());

      Awaited.value(flushedEnd(without));
    } finally {
      System.clearProperty(FirstBytes.SWITCH);
    }
  }
}
