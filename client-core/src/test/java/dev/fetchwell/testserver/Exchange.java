package dev.fetchwell.testserver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Script} can see and do. Writing never buffers. Confined to the connection's thread,
 * except {@link #close()} and {@link #reset()}.
 */
public final class Exchange {

  private final ScriptedConnection connection;
  private final @Nullable ReceivedRequest request;

  Exchange(ScriptedConnection connection, @Nullable ReceivedRequest request) {
    this.connection = connection;
    this.request = request;
  }

  /**
   * What the client sent.
   *
   * @throws IllegalStateException in a script that runs on connect, before any request
   */
  public ReceivedRequest request() {
    if (request == null) {
      throw new IllegalStateException("the script runs on connect: nothing was read yet");
    }
    return request;
  }

  /** Which of the server's connections this is; the first is 1. */
  public int connectionNumber() {
    return connection.number();
  }

  /** Which request on its connection this is; above 1 on a reused one, 0 on connect. */
  public int requestNumberOnConnection() {
    return request == null ? 0 : request.requestNumberOnConnection();
  }

  /** Answers with a UTF-8 text and its length. */
  public void respond(int status, String text) throws IOException {
    respond(status, Map.of(), text);
  }

  /** As above, with headers. */
  public void respond(int status, Map<String, String> headers, String text) throws IOException {
    respond(status, headers, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers with a body and its length; without either if the status or the method allows none. */
  public void respond(int status, Map<String, String> headers, byte[] body) throws IOException {
    boolean lengthless = status < 200 || status == 204 || status == 304;
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" Scripted\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    if (!lengthless) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    boolean bodiless = lengthless || (request != null && request.method().equals("HEAD"));
    byte[] all = new byte[start.length + (bodiless ? 0 : body.length)];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, all.length - start.length);
    raw(all);
  }

  /** Writes the text as ISO 8859-1 and nothing else; line ends are the caller's. */
  public void raw(String text) throws IOException {
    raw(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes the bytes and nothing else. */
  public void raw(byte[] bytes) throws IOException {
    connection.output().write(bytes);
    connection.output().flush();
  }

  /** Writes byte by byte, with a pause after each. */
  public void drip(byte[] bytes, Duration interval) throws IOException {
    for (byte b : bytes) {
      raw(new byte[] {b});
      pause(interval);
    }
  }

  /** As above, in ISO 8859-1. */
  public void drip(String text, Duration interval) throws IOException {
    drip(text.getBytes(StandardCharsets.ISO_8859_1), interval);
  }

  /** What the client sends from here on, such as after a switch of protocols. */
  public InputStream input() {
    return connection.input();
  }

  /** Where long bodies are written to, raw. */
  public OutputStream output() {
    return connection.output();
  }

  /**
   * Writes an HTTP/1.1 chunk for each {@code write}; {@code close()} ends the body but not the
   * connection.
   */
  public OutputStream chunks() {
    return new Chunks(connection.output());
  }

  /**
   * Lets time pass.
   *
   * @throws EOFException if the client hangs up meanwhile
   */
  public void pause(Duration duration) throws IOException {
    long millis = duration.toMillis();
    if (millis <= 0) {
      return;
    }
    connection.readTimeout((int) Math.min(millis, Integer.MAX_VALUE));
    try {
      connection.readAhead();
      // The client sent its next request already: no way left to see it hang up.
      Thread.sleep(millis);
    } catch (SocketTimeoutException pauseIsOver) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the server was closed", e);
    } finally {
      connection.readTimeout(0);
    }
  }

  /**
   * Stays silent, whatever comes, until the client hangs up or the server is closed; then ends the
   * script by an exception.
   */
  public void stall() throws IOException {
    connection.readAll();
    throw new EOFException("the client hung up");
  }

  /** Closes the connection in good order. */
  public void close() throws IOException {
    connection.close();
  }

  /** Closes the connection with a TCP reset. */
  public void reset() throws IOException {
    connection.reset();
  }

  /** Ends this side's stream only, without TLS's goodbye; the client can still send. */
  public void halfClose() throws IOException {
    connection.halfClose();
  }
}
