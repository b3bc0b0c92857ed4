package dev.fetchwell.examples.demo;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** One request and the way to answer it. Confined to the connection's thread. */
public final class DemoExchange {

  private static final JsonMapper JSON = new JsonMapper();

  private final DemoRequest request;
  private final Map<String, String> variables;
  private final DemoConnection connection;
  private final Runnable beforeLastByte;
  private final Map<String, String> headers = new LinkedHashMap<>();

  DemoExchange(
      DemoRequest request,
      Map<String, String> variables,
      DemoConnection connection,
      Runnable beforeLastByte) {
    this.request = request;
    this.variables = variables;
    this.connection = connection;
    this.beforeLastByte = beforeLastByte;
  }

  /** What the client sent. */
  public DemoRequest request() {
    return request;
  }

  /** The value of a pattern's segment: {@code id} of {@code /users/{id}}. */
  public String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no {" + name + "} in the route of " + request.path());
    }
    return value;
  }

  /** Adds a header to the answer; before answering. */
  public DemoExchange header(String name, String value) {
    headers.put(name, value);
    return this;
  }

  /** Answers with the value as JSON. */
  public void json(int status, Object value) throws IOException {
    respond(status, "application/json", JSON.writeValueAsBytes(value));
  }

  /** Answers with {@code {"error": message}}. */
  public void error(int status, String message) throws IOException {
    json(status, Map.of("error", message));
  }

  /** Answers with text, of any media type. */
  public void text(int status, String mediaType, String text) throws IOException {
    respond(status, mediaType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers with a status alone, as 204 and 304 ask for. */
  public void empty(int status) throws IOException {
    beforeLastByte.run();
    connection.write(head(status));
  }

  /** Answers with a body that is written piece by piece; its length is not told before. */
  public void stream(int status, String mediaType, BodyWriter writer) throws IOException {
    header("Content-Type", mediaType).header("Transfer-Encoding", "chunked");
    streamBody(status, new ChunkedBody(connection.output()), writer);
  }

  /** Answers with a body of a known length that is written piece by piece. */
  public void stream(int status, String mediaType, long length, BodyWriter writer)
      throws IOException {
    header("Content-Type", mediaType).header("Content-Length", Long.toString(length));
    streamBody(status, connection.output(), writer);
  }

  private void streamBody(int status, OutputStream body, BodyWriter writer) throws IOException {
    connection.write(head(status));
    if (!request.method().equals("HEAD")) {
      writer.writeTo(body);
    }
    beforeLastByte.run();
    if (!request.method().equals("HEAD") && body instanceof ChunkedBody chunked) {
      chunked.close();
    }
    connection.output().flush();
  }

  /**
   * Lets time pass, and notices when the client hangs up meanwhile.
   *
   * @throws EOFException if it did
   */
  public void pause(Duration duration) throws IOException {
    if (duration.toMillis() > 0) {
      boolean unused = connection.hasInput(duration);
    }
  }

  /** Never answers; returns only by an exception, when the client hangs up. */
  public void stall() throws IOException {
    while (true) {
      pause(Duration.ofDays(1));
    }
  }

  /** Ends the connection with a TCP reset in place of an answer. */
  public void reset() throws IOException {
    connection.reset();
  }

  /**
   * Makes a web socket of the connection, if the request asks for one; else answers with 426 or
   * 400. Whoever wants to refuse it answers in another way.
   */
  public void webSocket(DemoSocket.Handler handler) throws IOException {
    if (!SocketHandshake.isAcceptable(this)) {
      return;
    }
    header("Upgrade", "websocket").header("Connection", "Upgrade");
    header("Sec-WebSocket-Accept", SocketHandshake.accept(request));
    connection.write(head(101));
    connection.webSocket(request.path(), beforeLastByte).serve(handler);
  }

  private void respond(int status, String mediaType, byte[] body) throws IOException {
    header("Content-Type", mediaType).header("Content-Length", Integer.toString(body.length));
    byte[] head = head(status);
    // Counted as ended before the client can know: else its next request would overlap with this
    // one.
    beforeLastByte.run();
    connection.write(head, request.method().equals("HEAD") ? new byte[0] : body);
  }

  private byte[] head(int status) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Demo\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Writes a streamed body. */
  @FunctionalInterface
  public interface BodyWriter {
    /** Writes it all; {@code flush()} ends a chunk, {@code close()} is not needed. */
    void writeTo(OutputStream body) throws IOException;
  }
}
