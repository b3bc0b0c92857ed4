package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that send what they should not. */
@Timeout(60)
class WebSocketHostileWireTest {

  private static final Duration SOON = Duration.ofSeconds(10);
  private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

  @RegisterExtension final ClientsAndServers net = new ClientsAndServers();

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

  private interface Act {

    void on(WebSocketPeer peer) throws IOException;
  }

  /** A server that misbehaves on its first connection, notes the close code, then echoes. */
  private ScriptedServer server(Act act, String... headers) {
    return net.server(
        Script.inOrder(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange, headers);
              try {
                act.on(peer);
              } finally {
                WebSocketPeer.Frame frame = peer.nextMessage();
                codes.add(frame.opcode() == WebSocketPeer.CLOSE ? frame.code() : -1);
              }
            },
            exchange -> WebSocketPeer.accept(exchange).echo()));
  }

  private ReconnectingWebSocket connect(ScriptedServer server) {
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(net.client(), server.url("/"))
            .backoff(Backoff.fixed(Duration.ofMillis(1)))
            .onText((opened, text) -> texts.add(text))
            .onBinary((opened, bytes) -> texts.add(bytes.length + " bytes"))
            .connect();
    net.finallyDo(() -> Awaited.ending(socket.stop(Duration.ZERO), SOON));
    return socket;
  }

  private int code() throws InterruptedException {
    Integer code = codes.poll(10, TimeUnit.SECONDS);
    return code == null ? 0 : code;
  }

  @ParameterizedTest
  @CsvSource({
    "81 02 c3 28, 1007", // text that is not UTF-8
    "01 01 c3 80 01 28, 1007", // the same in two frames
    "81 03 ed a0 80, 1007", // half of a surrogate pair
    "83 00, 1002", // an unknown opcode
    "8b 00, 1002", // an unknown control opcode
    "c1 00, 1002", // compressed, which was not agreed on
    "a1 00, 1002", // another extension's flag
    "81 80 00 00 00 00, 1002", // masked
    "80 00, 1002", // a continuation of nothing
    "01 00 81 00, 1002", // a message within a message
    "09 00, 1002", // a ping in pieces
    "89 7e 00 7e, 1002", // a ping that is too long
    "88 01 03, 1002", // half a close code
    "88 02 03 ed, 1002", // 1005 in a frame
    "88 02 03 e7, 1002", // 999
    "88 04 03 e8 c3 28, 1007", // a reason that is not UTF-8
    "82 7f ff ff ff ff ff ff ff ff, 1002", // a negative length
  })
  void breachIsToldAndFollowedByAnotherConnection(String hex, int code) throws Exception {
    ScriptedServer server = server(peer -> peer.raw(bytes(hex)));
    ReconnectingWebSocket socket = connect(server);

    assertThat(code()).isEqualTo(code);
    server.awaitRequests(2);
    Awaited.value(socket.send("again"));
    assertThat(texts.poll(10, TimeUnit.SECONDS)).isEqualTo("again");
    ConnectionError error = (ConnectionError) socket.lastError().orElseThrow();
    assertThat(error.kind()).isEqualTo(ConnectionError.Kind.PROTOCOL);
  }

  private static byte[] bytes(String hex) {
    String[] octets = hex.split(" ", -1);
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      bytes[i] = (byte) Integer.parseInt(octets[i], 16);
    }
    return bytes;
  }

  @Test
  void messageInPiecesWithAPingBetweenThemIsWhole() throws Exception {
    ScriptedServer server =
        server(
            peer -> {
              peer.frame(WebSocketPeer.TEXT, new byte[] {(byte) 0xc3});
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.PING, new byte[0]);
              peer.frame(WebSocketPeer.CONTINUATION, new byte[0]);
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.CONTINUATION, new byte[] {(byte) 0xa4});
              assertThat(peer.next().opcode()).isEqualTo(WebSocketPeer.PONG);
            });
    ReconnectingWebSocket socket = connect(server);

    assertThat(texts.poll(10, TimeUnit.SECONDS)).isEqualTo("\u00e4");
    assertThat(Awaited.ending(socket.stop(Duration.ofMillis(500)), SOON)).isNull();
  }

  @Test
  void lengthThatIsAnnouncedIsNotBelieved() throws Exception {
    ScriptedServer server =
        server(
            peer -> peer.frame(WebSocketPeer.FIN | WebSocketPeer.BINARY, 1L << 40, new byte[100]));
    BodyTooLargeError error = Awaited.failure(connect(server).closed(), BodyTooLargeError.class);

    assertThat(error.limit()).isEqualTo(1024 * 1024);
    assertThat(error).hasMessageContaining("raise maxMessageBytes");
    assertThat(code()).isEqualTo(1009);
  }

  @Test
  void piecesThatAreTooMuchTogetherEndIt() throws Exception {
    ScriptedServer server =
        server(
            peer -> {
              for (int i = 0; i < 3; i++) {
                peer.frame(i == 0 ? WebSocketPeer.BINARY : 0, new byte[400_000]);
              }
            });
    Awaited.failure(connect(server).closed(), BodyTooLargeError.class);

    assertThat(code()).isEqualTo(1009);
  }

  /** A gigabyte from a megabyte; with the 512 MiB that tests have, it would not fit. */
  @Test
  void deflateBombIsDefusedAtTheLimit() throws Exception {
    byte[] bomb = deflated(new byte[1024 * 1024], 1024);
    assertThat(bomb.length).isLessThan(1_100_000);
    ScriptedServer server =
        server(
            peer ->
                peer.frame(
                    WebSocketPeer.FIN | WebSocketPeer.COMPRESSED | WebSocketPeer.BINARY, bomb),
            DEFLATE);
    long before = heap();

    Awaited.failure(connect(server).closed(), BodyTooLargeError.class);

    assertThat(code()).isEqualTo(1009);
    assertThat(heap() - before).isLessThan(64L * 1024 * 1024);
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void compressedMessagesGoAndComeWithContextAndWithout() throws Exception {
    String text = "some words again and again. ".repeat(1_000);
    for (String parameters : new String[] {"", "; server_no_context_takeover"}) {
      BlockingQueue<WebSocketPeer.Frame> got = new LinkedBlockingQueue<>();
      ScriptedServer server =
          net.server(
              exchange -> {
                WebSocketPeer peer = WebSocketPeer.accept(exchange, DEFLATE + parameters);
                for (int i = 0; i < 2; i++) {
                  WebSocketPeer.Frame frame = peer.next();
                  got.add(frame);
                  peer.frame(frame.first(), frame.payload());
                }
                peer.serve();
              });
      ReconnectingWebSocket socket = connect(server);
      for (int i = 0; i < 2; i++) {
        Awaited.value(socket.send(text));

        assertThat(texts.poll(10, TimeUnit.SECONDS)).isEqualTo(text);
        WebSocketPeer.Frame frame = got.remove();
        assertThat(frame.first() & WebSocketPeer.COMPRESSED).isNotZero();
        assertThat(frame.payload().length).isLessThan(text.length() / 10);
      }
    }
  }

  @Test
  void streamsOfOneMessageThatEndWithinItAreInflated() throws Exception {
    byte[] stream = finished("one ".getBytes(StandardCharsets.UTF_8));
    // Each message ends with an empty block, whose last four bytes are left out.
    byte[] whole = Arrays.copyOf(stream, stream.length + 1);
    byte[] both = Arrays.copyOf(stream, stream.length * 2 + 1);
    System.arraycopy(stream, 0, both, stream.length, stream.length);
    ScriptedServer server =
        server(
            peer -> {
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.COMPRESSED | WebSocketPeer.TEXT, both);
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.COMPRESSED | WebSocketPeer.TEXT, whole);
            },
            DEFLATE);
    ReconnectingWebSocket socket = connect(server);

    assertThat(texts.poll(10, TimeUnit.SECONDS)).isEqualTo("one one ");
    assertThat(texts.poll(10, TimeUnit.SECONDS)).isEqualTo("one ");
    assertThat(Awaited.ending(socket.stop(Duration.ofMillis(500)), SOON)).isNull();
  }

  @Test
  void whatCannotBeInflatedIsToldAsInvalid() throws Exception {
    ScriptedServer server =
        server(
            peer ->
                peer.frame(
                    WebSocketPeer.FIN | WebSocketPeer.COMPRESSED | WebSocketPeer.TEXT,
                    new byte[] {7, 7, 7, 7}),
            DEFLATE);
    connect(server);

    assertThat(code()).isEqualTo(1007);
  }

  private static byte[] finished(byte[] plain) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(plain);
    deflater.finish();
    byte[] chunk = new byte[1024];
    int count = deflater.deflate(chunk);
    deflater.end();
    return Arrays.copyOf(chunk, count);
  }

  private static byte[] deflated(byte[] piece, int times) {
    Deflater deflater = new Deflater(9, true);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] chunk = new byte[64 * 1024];
    for (int i = 0; i < times; i++) {
      deflater.setInput(piece);
      int count = deflater.deflate(chunk);
      while (count > 0) {
        all.write(chunk, 0, count);
        count = deflater.deflate(chunk);
      }
    }
    int count = deflater.deflate(chunk, 0, chunk.length, Deflater.SYNC_FLUSH);
    all.write(chunk, 0, count - 4);
    deflater.end();
    return all.toByteArray();
  }
}
