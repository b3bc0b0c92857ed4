package dev.fetchwell.examples.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server's web sockets, byte by byte. */
@Timeout(30)
class SocketBytesTest {

  private static final String ECHO = "GET /socket/echo HTTP/1.1";
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private final DemoServer server = DemoServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, websocket, Upgrade, 13, dGhlIHNhbXBsZSBub25jZQ==, 101, Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "GET, WebSocket, 'keep-alive, upgrade', 13, dGhlIHNhbXBsZSBub25jZQ==, 101, Upgrade: websocket",
    "GET, h2c, Upgrade, 13, dGhlIHNhbXBsZSBub25jZQ==, 426, Upgrade: websocket",
    "GET, websocket, close, 13, dGhlIHNhbXBsZSBub25jZQ==, 426, Upgrade: websocket",
    "GET, websocket, Upgrade, 8, dGhlIHNhbXBsZSBub25jZQ==, 426, Sec-WebSocket-Version: 13",
    "GET, websocket, Upgrade, 13, c2hvcnQ=, 400, Sec-WebSocket-Key",
    "GET, websocket, Upgrade, 13, ?, 400, Sec-WebSocket-Key",
    "POST, websocket, Upgrade, 13, dGhlIHNhbXBsZSBub25jZQ==, 400, GET",
  })
  void handshakeIsCheckedAndProven(
      String method,
      String upgrade,
      String connection,
      String version,
      String key,
      int status,
      String part)
      throws Exception {
    try (Raw raw = new Raw()) {
      raw.request(method + " /socket/echo HTTP/1.1", upgrade, connection, version, key);
      String answer = raw.head();
      assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
      assertThat(answer + (status == 101 ? "" : raw.body(answer))).contains(part);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "unmasked, 810161, 1002",
    "of an extension, c18100000000 61, 1002",
    "unknown, 838000000000, 1002",
    "unknown control, 8b8000000000, 1002",
    "ping in pieces, 098000000000, 1002",
    "ping too long, 89fe007e00000000, 1002",
    "continuation of nothing, 808000000000, 1002",
    "message within another, 01800000000081800000 0000, 1002",
    "not UTF-8, 818100000000ff, 1007",
    "half a character, 818100000000c3, 1007",
    "too big, 82ff000000000010000100000000, 1009",
    "negative length, 82ffffffffffffffffff00000000, 1009",
    "close code of one byte, 88810000000003, 1002",
    "illegal close code, 88820000000003ed, 1002",
    "close reason that is not UTF-8, 88830000000003e8ff, 1007",
    "close without a code, 888000000000, -1",
    "close, 88820000000003e8, 1000",
  })
  void ruleThatIsBrokenClosesWithItsCode(String what, String frame, int code) throws Exception {
    try (Raw raw = new Raw()) {
      raw.request(ECHO, "websocket", "Upgrade", "13", KEY);
      assertThat(raw.head()).contains(" 101 ");
      raw.send(HexFormat.of().parseHex(frame.replace(" ", "")));
      assertThat(raw.closeCode()).as(what).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @CsvSource({"drop", "reset"})
  void feedEndsWithoutACloseFrame(String trouble) throws Exception {
    try (Raw raw = new Raw()) {
      raw.request(
          "GET /socket/feed/a?from=1&pace=1&every=1&trouble=" + trouble + " HTTP/1.1",
          "websocket",
          "Upgrade",
          "13",
          KEY);
      assertThat(raw.head()).contains(" 101 ");
      assertThat(raw.bytes(15)).isEqualTo("\u0081\r{\"number\": 1}".getBytes(ISO_8859_1));
      if (trouble.equals("drop")) {
        assertThat(raw.in.read()).isEqualTo(-1);
      } else {
        assertThatThrownBy(raw.in::read).hasMessageContaining("reset");
      }
    }
  }

  @Test
  void maskIsTakenOff() throws Exception {
    try (Raw raw = new Raw()) {
      raw.request(ECHO, "websocket", "Upgrade", "13", KEY);
      assertThat(raw.head()).contains(" 101 ");
      // The example of RFC 6455, section 5.7.
      raw.send(HexFormat.of().parseHex("818537fa213d7f9f4d5158"));
      assertThat(raw.bytes(7)).isEqualTo(HexFormat.of().parseHex("810548656c6c6f"));
    }
  }

  /** A connection without a client. */
  private final class Raw implements AutoCloseable {

    private final Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), URI.create(server.baseUrl()).getPort());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());

    Raw() throws IOException {}

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    void request(String start, String upgrade, String connection, String version, String key)
        throws IOException {
      String request =
          start
              + "\r\nHost: demo\r\nUpgrade: "
              + upgrade
              + "\r\nConnection: "
              + connection
              + "\r\nSec-WebSocket-Version: "
              + version
              + "\r\nSec-WebSocket-Key: "
              + key
              + "\r\n\r\n";
      send(request.getBytes(ISO_8859_1));
    }

    String head() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      return head.toString();
    }

    String body(String head) throws IOException {
      int start = head.indexOf("Content-Length: ") + 16;
      int length = Integer.parseInt(head.substring(start, head.indexOf("\r\n", start)));
      return new String(bytes(length), StandardCharsets.UTF_8);
    }

    byte[] bytes(int count) throws IOException {
      byte[] bytes = new byte[count];
      in.readFully(bytes);
      return bytes;
    }

    /** The code of a close frame, behind which nothing comes but the end; -1: none. */
    int closeCode() throws IOException {
      assertThat(in.readUnsignedByte()).isEqualTo(0x88);
      int length = in.readUnsignedByte();
      int code = length == 0 ? -1 : in.readUnsignedShort();
      byte[] reason = bytes(Math.max(0, length - 2));
      assertThat(in.read()).as(new String(reason, StandardCharsets.UTF_8)).isEqualTo(-1);
      return code;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
