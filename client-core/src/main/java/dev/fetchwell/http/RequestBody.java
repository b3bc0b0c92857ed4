package dev.fetchwell.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The body of a request. It can be written more than once, because each attempt writes it again.
 *
 * <p>Immutable and thread-safe.
 */
public interface RequestBody {

  /** The media type, or an empty string for none. */
  String mediaType();

  /**
   * The number of bytes.
   *
   * @throws IOException if it cannot be found out, such as for a file that is gone
   */
  long length() throws IOException;

  /** Writes the whole body; called on the call's own thread, once per attempt. */
  void writeTo(OutputStream out) throws IOException;

  /**
   * A body of bytes; the array is copied.
   *
   * @throws IllegalArgumentException if the media type has characters that no header may have
   */
  static RequestBody of(byte[] bytes, String mediaType) {
    Header.checkValue("Content-Type", mediaType);
    return new BytesBody(bytes.clone(), mediaType);
  }

  /**
   * A body read from a file anew on each attempt.
   *
   * @throws IllegalArgumentException if the media type has characters that no header may have
   */
  static RequestBody of(Path file, String mediaType) {
    Header.checkValue("Content-Type", mediaType);
    return new FileBody(Objects.requireNonNull(file, "file"), mediaType);
  }
}
