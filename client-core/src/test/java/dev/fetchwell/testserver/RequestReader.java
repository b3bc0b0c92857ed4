package dev.fetchwell.testserver;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads HTTP/1.1 requests, head and body, off one connection. */
final class RequestReader {

  private final InputStream in;
  private final int connectionNumber;
  private int requests;

  RequestReader(InputStream in, int connectionNumber) {
    this.in = in;
    this.connectionNumber = connectionNumber;
  }

  /** The next request, or null if the client closed the connection between two requests. */
  @Nullable ReceivedRequest next() throws IOException {
    String start = line();
    if (start == null) {
      return null;
    }
    String[] words = start.split(" ", -1);
    if (words.length != 3) {
      throw new IOException("not a request line: " + start);
    }
    Map<String, List<String>> headers = headers();
    return new ReceivedRequest(
        words[0], words[1], headers, body(headers), connectionNumber, ++requests);
  }

  private Map<String, List<String>> headers() throws IOException {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String line = requiredLine(); !line.isEmpty(); line = requiredLine()) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("not a header: " + line);
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      headers.computeIfAbsent(name, n -> new ArrayList<>()).add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, List<String>> headers) throws IOException {
    if (headers.containsKey("transfer-encoding")) {
      return chunkedBody();
    }
    String length = headers.getOrDefault("content-length", List.of("0")).get(0);
    return exactly(Integer.parseInt(length));
  }

  private byte[] chunkedBody() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = requiredLine();
      int extension = size.indexOf(';');
      int length = Integer.parseInt(extension < 0 ? size : size.substring(0, extension), 16);
      if (length == 0) {
        headers();
        return body.toByteArray();
      }
      body.writeBytes(exactly(length));
      requiredLine();
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("body ended after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }

  private String requiredLine() throws IOException {
    String line = line();
    if (line == null) {
      throw new EOFException("connection closed inside a request");
    }
    return line;
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return line.size() == 0 ? null : line.toString(StandardCharsets.ISO_8859_1);
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }
}
