package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Quiet;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Web sockets with a server of another make: OkHttp's own. */
@Timeout(60)
class WebSocketInteropWireTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final MockWebServer server = new MockWebServer();
  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final Queue<Integer> codes = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Object> got = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private final class Echo extends WebSocketListener {

    private final String greeting;

    private Echo(String greeting) {
      this.greeting = greeting;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      boolean unused = socket.send(greeting);
    }

    @Override
    public void onMessage(WebSocket socket, String text) {
      if (text.equals("drop")) {
        boolean unused = socket.close(1012, "restart");
      } else {
        boolean unused = socket.send(text);
      }
    }

    @Override
    public void onMessage(WebSocket socket, ByteString bytes) {
      boolean unused = socket.send(bytes);
    }

    @Override
    public void onClosing(WebSocket socket, int code, String reason) {
      codes.add(code);
      boolean unused = socket.close(code, null);
    }
  }

  private ReconnectingWebSocket connect() {
    return ReconnectingWebSocket.builder(client, server.url("/").toString())
        .backoff(Backoff.fixed(Duration.ofMillis(1)))
        .heartbeat(Duration.ofMillis(500))
        .onText((socket, text) -> got.add(text))
        .onBinary((socket, bytes) -> got.add(ByteString.of(bytes)))
        .connect();
  }

  private Object next() throws InterruptedException {
    Object next = got.poll(10, TimeUnit.SECONDS);
    assertThat(next).as("a message within 10 s").isNotNull();
    return next == null ? "" : next;
  }

  @Test
  void messagesOfAllSizesGoAndComeCompressed() throws Exception {
    server.enqueue(new MockResponse.Builder().webSocketUpgrade(new Echo("hello")).build());
    ReconnectingWebSocket socket = connect();
    assertThat(next()).isEqualTo("hello");
    for (int length : new int[] {0, 1, 1_023, 1_024, 70_000, 1_000_000}) {
      String text = "\u00e4b".repeat(length / 3);
      Awaited.value(socket.send(text));
      assertThat(next()).isEqualTo(text);
      ByteString bytes = ByteString.of(new byte[length]);
      Awaited.value(socket.send(bytes.toByteArray()));
      assertThat(next()).isEqualTo(bytes);
    }

    assertThat(Awaited.ending(socket.stop(SOON), SOON)).isNull();

    assertThat(codes).containsExactly(1000);
    Quiet.assertNothingLeft(client);
    assertThat(server.takeRequest().getHeaders().get("Sec-WebSocket-Extensions"))
        .isEqualTo("permessage-deflate");
  }

  @Test
  void restartOfTheServerIsFollowedByAnotherConnection() throws Exception {
    server.enqueue(new MockResponse.Builder().webSocketUpgrade(new Echo("first")).build());
    server.enqueue(new MockResponse.Builder().code(503).build());
    server.enqueue(new MockResponse.Builder().webSocketUpgrade(new Echo("second")).build());
    ReconnectingWebSocket socket = connect();
    assertThat(next()).isEqualTo("first");

    Awaited.value(socket.send("drop"));

    assertThat(next()).isEqualTo("second");
    assertThat(Awaited.ending(socket.stop(SOON), SOON)).isNull();
    Quiet.assertNothingLeft(client);
  }
}
