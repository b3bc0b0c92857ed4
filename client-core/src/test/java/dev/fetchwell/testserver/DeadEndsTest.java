package dev.fetchwell.testserver;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadEndsTest {

  @Test
  void refusedPortRefuses() {
    assertThatThrownBy(() -> new RawClient(DeadEnds.refusedPort()).close())
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void connectingToAFullBacklogHangs() throws Exception {
    try (DeadEnds.NeverAccepts deadEnd = DeadEnds.neverAccepts();
        Socket socket = new Socket()) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), deadEnd.port());
      assertThatThrownBy(() -> socket.connect(address, 500))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }
}
