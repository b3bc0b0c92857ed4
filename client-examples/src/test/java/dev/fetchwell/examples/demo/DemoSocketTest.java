package dev.fetchwell.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server's web sockets with a client of another make: the JDK's. */
@Timeout(30)
class DemoSocketTest {

  private final DemoServer server = DemoServer.start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void echoSendsBackTextsAndBytesAlsoInPieces() throws Exception {
    Client client = connect("/socket/echo");
    client.socket.sendText("grün", true).join();
    assertThat(client.next()).isEqualTo("grün");
    client.socket.sendText("in ", false).join();
    client.socket.sendPing(ByteBuffer.wrap(new byte[] {7})).join();
    client.socket.sendText("", false).join();
    client.socket.sendText("pieces", true).join();
    assertThat(client.next()).isEqualTo("pong 07");
    assertThat(client.next()).isEqualTo("in pieces");
    client.socket.sendBinary(ByteBuffer.wrap(new byte[] {0, -1}), true).join();
    assertThat(client.next()).isEqualTo("00ff");
  }

  @ParameterizedTest
  @CsvSource({"0", "125", "126", "65535", "65536", "1000000"})
  void echoSendsBackAnyLength(int length) throws Exception {
    Client client = connect("/socket/echo");
    client.socket.sendText("x".repeat(length), true).join();
    assertThat(client.next()).isEqualTo("x".repeat(length));
  }

  @Test
  void closeIsAnsweredAndCounted() throws Exception {
    Client client = connect("/socket/echo");
    client.socket.sendClose(4001, "bye").join();
    assertThat(client.next()).isEqualTo("closed 4001 ");
    assertThat(server.closeCodes("/socket/echo")).containsExactly(4001);
    assertThat(server.abandoned("/socket/echo")).isZero();
  }

  @Test
  void chatReachesAllThatAreThere() throws Exception {
    Client first = connect("/socket/chat");
    first.socket.sendText("alone", true).join();
    assertThat(first.next()).isEqualTo("alone");
    Client second = connect("/socket/chat");
    second.socket.sendText("hello", true).join();
    assertThat(second.next()).isEqualTo("hello");
    assertThat(first.next()).isEqualTo("hello");
    first.socket.abort();
    second.socket.sendText("gone?", true).join();
    assertThat(second.next()).isEqualTo("gone?");
  }

  @Test
  void feedBeginsWhereTheQueryOrTheFirstMessageSays() throws Exception {
    Client query = connect("/socket/feed/a?from=3&total=4&pace=0");
    assertThat(query.all()).containsExactly(number(3), number(4), "closed 1000 that was all");
    Client message = connect("/socket/feed/a?total=4&pace=0");
    message.socket.sendText("{\"from\": 4}", true).join();
    assertThat(message.all()).containsExactly(number(4), "closed 1000 that was all");
    Client nonsense = connect("/socket/feed/a");
    nonsense.socket.sendText("from 4", true).join();
    assertThat(nonsense.all()).containsExactly("closed 1008 expected: {\"from\": 1}");
  }

  @Test
  void feedClosesAndRefusesByTurns() throws Exception {
    String path = "/socket/feed/a?from=1&pace=0&every=5&trouble=1012,503";
    List<String> endings = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try {
        List<String> all = connect(path).all();
        assertThat(all.get(0)).isEqualTo(number(1));
        endings.add(all.get(all.size() - 1));
      } catch (CompletionException refused) {
        endings.add(Integer.toString(status(refused)));
      }
    }
    assertThat(endings).containsExactlyInAnyOrder("closed 1012 as planned", "503");
  }

  @Test
  void stalledFeedAnswersNoPingAndKnowsWhenTheClientHangsUp() throws Exception {
    String path = "/socket/feed/silent";
    Client client = connect(path + "?from=1&pace=0&every=1&trouble=stall");
    assertThat(client.next()).isEqualTo(number(1));
    client.socket.sendPing(ByteBuffer.allocate(0)).join();
    assertThat(client.events.poll(200, TimeUnit.MILLISECONDS)).isNull();
    client.socket.abort();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.abandoned(path) == 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(server.abandoned(path)).isEqualTo(1);
  }

  @Test
  void openSocketsAreCountedAsRunning() throws Exception {
    Client one = connect("/socket/echo");
    Client two = connect("/socket/echo");
    assertThat(server.maxConcurrency("/socket")).isEqualTo(2);
    one.socket.sendClose(1000, "").join();
    assertThat(one.next()).isEqualTo("closed 1000 ");
    two.socket.sendClose(1000, "").join();
    assertThat(two.next()).isEqualTo("closed 1000 ");
    server.resetStatistics();
    assertThat(server.maxConcurrency("/socket")).isZero();
  }

  @ParameterizedTest
  @CsvSource({"trouble=flood", "trouble=1005", "trouble=drop&every=0", "from=x"})
  void nonsenseInAQueryIsRefused(String query) {
    assertThatThrownBy(() -> connect("/socket/feed/nonsense?" + query))
        .isInstanceOfSatisfying(
            CompletionException.class, refused -> assertThat(status(refused)).isEqualTo(400));
  }

  private static int status(CompletionException refused) {
    return refused.getCause() instanceof WebSocketHandshakeException answered
        ? answered.getResponse().statusCode()
        : fail(refused);
  }

  @Test
  void routeThatThrowsClosesWith1011() throws Exception {
    server
        .routes()
        .add(
            "/bug",
            exchange ->
                exchange.webSocket(
                    socket -> {
                      throw new IllegalStateException("a bug");
                    }));
    assertThat(connect("/bug").next()).startsWith("closed 1011").endsWith("a bug");
  }

  private static String number(long number) {
    return "{\"number\": " + number + "}";
  }

  private Client connect(String path) {
    Client client = new Client();
    client.socket =
        http.newWebSocketBuilder().buildAsync(URI.create(server.webSocketUrl(path)), client).join();
    return client;
  }

  private static final class Client implements WebSocket.Listener {

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @SuppressWarnings("NullAway.Init") // Known once it is connected.
    private WebSocket socket;

    String next() throws InterruptedException {
      String event = events.poll(10, TimeUnit.SECONDS);
      assertThat(event).as("an event").isNotNull();
      return event;
    }

    /** Everything until the end, with how it ended. */
    List<String> all() throws InterruptedException {
      List<String> all = new ArrayList<>();
      do {
        all.add(next());
      } while (all.get(all.size() - 1).startsWith("{"));
      return all;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        events.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      events.add(hex(data));
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
      events.add("pong " + hex(data));
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      events.add("closed " + code + " " + reason);
      return null;
    }

    private static String hex(ByteBuffer data) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      return HexFormat.of().formatHex(bytes);
    }
  }
}
