package dev.fetchwell.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@code multipart/form-data} body (<a href="https://www.rfc-editor.org/rfc/rfc7578">RFC
 * 7578</a>). Confined to one thread.
 *
 * <pre>{@code
 * client.post("/upload").multipart(m -> m.field("title", "Cat").file("image", path)).asVoid();
 * }</pre>
 */
public final class Multipart {

  private static final byte[] LINE_END = {'\r', '\n'};

  private final List<Part> parts = new ArrayList<>();

  /** Starts with no part. */
  public Multipart() {}

  /**
   * Adds a text field.
   *
   * @throws IllegalArgumentException if the name has a NUL; so do the methods below
   */
  public Multipart field(String name, String value) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    parts.add(new Part(disposition(name, null), new BytesBody(bytes, "")));
    return this;
  }

  /** Adds a file under its own name, as {@code application/octet-stream}; read on each attempt. */
  public Multipart file(String name, Path file) {
    return file(name, file, "application/octet-stream");
  }

  /** Adds a file under its own name, as a media type; read on each attempt. */
  public Multipart file(String name, Path file, String mediaType) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
    Path fileName = file.getFileName();
    String shownName = fileName == null ? "file" : fileName.toString();
    parts.add(new Part(disposition(name, shownName), RequestBody.of(file, mediaType)));
    return this;
  }

  /** Adds bytes as a file; with null for its name, as a field of another media type than text. */
  public Multipart part(String name, @Nullable String fileName, String mediaType, byte[] bytes) {
    Objects.requireNonNull(name, "name");
    parts.add(new Part(disposition(name, fileName), RequestBody.of(bytes, mediaType)));
    return this;
  }

  /**
   * The body with all parts so far.
   *
   * @throws IllegalArgumentException if there is none
   */
  public RequestBody build() {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("multipart body without a part (expected: >= 1)");
    }
    return new MultipartBody(List.copyOf(parts), "fetchwell-" + UUID.randomUUID());
  }

  private static String disposition(String name, @Nullable String fileName) {
    String line = "Content-Disposition: form-data; name=\"" + escape(name) + '"';
    return fileName == null ? line : line + "; filename=\"" + escape(fileName) + '"';
  }

  /** Escapes as browsers do, so that a name cannot add a header or end its quotes. */
  private static String escape(String text) {
    if (text.indexOf('\0') >= 0) {
      // Some servers take a name to end there, and see another one than we do.
      throw new IllegalArgumentException(
          "multipart name has the character U+0000 at "
              + text.indexOf('\0')
              + " (expected: a name without it)");
    }
    return text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }

  private record Part(String disposition, RequestBody body) {

    byte[] head(String boundary) {
      String type = body.mediaType().isEmpty() ? "" : "Content-Type: " + body.mediaType() + "\r\n";
      String head = "--" + boundary + "\r\n" + disposition + "\r\n" + type + "\r\n";
      return head.getBytes(StandardCharsets.UTF_8);
    }
  }

  private record MultipartBody(List<Part> parts, String boundary) implements RequestBody {

    @Override
    public String mediaType() {
      return "multipart/form-data; boundary=" + boundary;
    }

    @Override
    public long length() throws IOException {
      long length = end().length;
      for (Part part : parts) {
        length += part.head(boundary).length + part.body().length() + LINE_END.length;
      }
      return length;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      for (Part part : parts) {
        out.write(part.head(boundary));
        part.body().writeTo(out);
        out.write(LINE_END);
      }
      out.write(end());
    }

    @Override
    public Optional<byte[]> bytes() {
      if (parts.stream().anyMatch(part -> !(part.body() instanceof BytesBody))) {
        return Optional.empty();
      }
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      try {
        writeTo(whole);
      } catch (IOException impossible) {
        throw new UncheckedIOException(impossible);
      }
      return Optional.of(whole.toByteArray());
    }

    private byte[] end() {
      return ("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
      return "multipart of " + parts.size();
    }
  }
}
