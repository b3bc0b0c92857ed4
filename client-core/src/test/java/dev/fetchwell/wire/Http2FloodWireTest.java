package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.ConnectionError.Kind;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that keep a connection of HTTP/2 busy without answering, or break its rules. */
class Http2FloodWireTest {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int FIRST_STREAM = 3;

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private AsyncHttpClient client() {
    return wire.clientOn(
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build());
  }

  private RawHttp2Server server(Answer... answers) {
    return wire.closing(RawHttp2Server.start(answers));
  }

  private static byte[] frame(int type, int stream, byte... payload) {
    byte[] frame = new byte[9 + payload.length];
    frame[1] = (byte) (payload.length >> 8);
    frame[2] = (byte) payload.length;
    frame[3] = (byte) type;
    frame[8] = (byte) stream;
    System.arraycopy(payload, 0, frame, 9, payload.length);
    return frame;
  }

  private static byte[] many(byte[] frame) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 500; i++) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  static Stream<Named<byte[]>> floods() {
    return Stream.of(
        Named.of("PING", many(frame(PING, 0, new byte[8]))),
        Named.of("SETTINGS", many(frame(SETTINGS, 0))),
        Named.of("empty DATA", many(frame(DATA, FIRST_STREAM))),
        Named.of("PRIORITY", many(frame(PRIORITY, FIRST_STREAM, new byte[5]))),
        Named.of("unknown", many(frame(100, 0))),
        Named.of(
            "WINDOW_UPDATE", many(frame(WINDOW_UPDATE, FIRST_STREAM, new byte[] {0, 0, 0, 1}))));
  }

  @ParameterizedTest
  @MethodSource("floods")
  void floodWithNoCallClosesTheConnectionAndTheNextCallWorks(byte[] frames) {
    RawHttp2Server server = server(Answer.okAndFlood(frames), Answer.ok());
    AsyncHttpClient client = client();
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(1);
    server.awaitFloodsEnded(1);
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(1);
    assertThat(server.acceptedConnections()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("floods")
  void floodInPlaceOfAnAnswerIsABreachOfProtocolAndTheNextCallWorks(byte[] frames) {
    RawHttp2Server server = server(Answer.flood(frames), Answer.ok());
    AsyncHttpClient client = client();
    ConnectionError error =
        failure(client.get(server.url("/")).noRetry().asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    server.awaitFloodsEnded(1);
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(1);
  }

  @Test
  void floodAndAnAnswerOnAnotherConnection() {
    byte[] pings = many(frame(PING, 0, new byte[8]));
    RawHttp2Server server = server(Answer.flood(pings), Answer.ok());
    assertThat(value(client().get(server.url("/")).asResponse()).attempts()).isEqualTo(2);
  }

  /** ":status: 200", a header of 2,000 bytes for the table, then it again and again by number. */
  private static byte[] headerBomb() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x88);
    int length = 2_000;
    // The length of a string above 126 goes on in sevens of bits.
    int rest = length - 127;
    block.writeBytes(
        new byte[] {0x40, 1, 'a', 127, (byte) ((rest & 127) | 128), (byte) (rest >> 7)});
    block.writeBytes("x".repeat(length).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 10_000; i++) {
      block.write(0x80 | 62);
    }
    byte[] frame = frame(HEADERS, FIRST_STREAM, block.toByteArray());
    frame[4] = 4;
    return frame;
  }

  /** A header that is not for the table. */
  private static byte[] header() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(new byte[] {0, 1, 'a', 100});
    block.writeBytes("x".repeat(100).getBytes(StandardCharsets.US_ASCII));
    return block.toByteArray();
  }

  static Stream<Named<Answer>> headerFloods() {
    byte[] start = frame(HEADERS, FIRST_STREAM, (byte) 0x88);
    byte[] more = many(frame(CONTINUATION, FIRST_STREAM, header()));
    byte[] empty = many(frame(CONTINUATION, FIRST_STREAM));
    return Stream.of(
        Named.of("bomb", Answer.raw(headerBomb())),
        Named.of("without end", Answer.rawAndFlood(start, more)),
        Named.of("empty, without end", Answer.rawAndFlood(start, empty)));
  }

  @ParameterizedTest
  @MethodSource("headerFloods")
  void floodOfHeadersIsABreachOfProtocol(Answer answer) {
    RawHttp2Server server = server(answer, Answer.ok());
    AsyncHttpClient client = client();
    ConnectionError error =
        failure(client.get(server.url("/")).noRetry().asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(1);
  }

  @Test
  void textOfHttp1IsABreachOfProtocol() {
    byte[] text = "HTTP/1.1 400 Bad Request\r\n\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 10; i++) {
      RawHttp2Server server = wire.closing(RawHttp2Server.startWith(text, Answer.silence()));
      ConnectionError error =
          failure(client().get(server.url("/")).asVoid(), ConnectionError.class);
      assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    }
    RawHttp2Server server = server(Answer.raw(text));
    ConnectionError error =
        failure(client().get(server.url("/")).noRetry().asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
  }

  /** The connection is gone by then, so to send the rest fails, which is not what went wrong. */
  @Test
  void breachIsOneAlsoForACallThatStillSends() {
    byte[] text = "HTTP/1.1 400 Bad Request\r\n\r\n".repeat(10).getBytes(StandardCharsets.US_ASCII);
    RawHttp2Server server = server(Answer.rawAndFlood(text, text));
    RequestBody body =
        RequestBody.of(() -> new SlowEnd(() -> server.awaitFloodsEnded(1)), -1, "text/plain");
    ConnectionError error =
        failure(client().post(server.url("/")).body(body).asVoid(), ConnectionError.class);
    assertThat(error.kind()).isEqualTo(Kind.PROTOCOL);
    assertThat(error).hasMessageContaining("FRAME_SIZE_ERROR");
    assertThat(error.mayHaveBeenProcessed()).isTrue();
  }

  /** Enough to be sent at once, and an end that comes later. */
  private static final class SlowEnd extends InputStream {

    private final Runnable beforeEnd;
    private boolean begun;

    private SlowEnd(Runnable beforeEnd) {
      this.beforeEnd = beforeEnd;
    }

    @Override
    public int read() {
      throw new AssertionError("expected: read in blocks");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (begun) {
        beforeEnd.run();
        return -1;
      }
      begun = true;
      return length;
    }
  }
}
