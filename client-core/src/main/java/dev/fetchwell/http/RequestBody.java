package dev.fetchwell.http;

import dev.fetchwell.internal.text.Checks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The body of a request. It can be written more than once, because each attempt writes it again.
 *
 * <p>Immutable and thread-safe.
 */
public interface RequestBody {

  /** The media type, or an empty string for none. */
  String mediaType();

  /**
   * The number of bytes; -1 if it is not known, and the body is sent in chunks.
   *
   * @throws IOException if that is not known, such as for a file that is gone
   */
  long length() throws IOException;

  /**
   * Writes the whole body; called on the call's own thread, once per attempt, where it may block.
   *
   * @throws IOException if the body cannot be read, which ends the call with an {@code
   *     InvalidRequestError}; what {@code out} throws is to be passed on as it is
   */
  void writeTo(OutputStream out) throws IOException;

  /**
   * The bytes, as a copy, if they are in memory, such as for a signature; empty if they are
   * somewhere else, as those of a file and of a stream are.
   */
  default Optional<byte[]> bytes() {
    return Optional.empty();
  }

  /**
   * A body of bytes; the array is copied.
   *
   * @throws IllegalArgumentException if the media type has characters that no header may have
   */
  static RequestBody of(byte[] bytes, String mediaType) {
    Objects.requireNonNull(bytes, "bytes");
    checkMediaType(mediaType);
    return new BytesBody(bytes.clone(), mediaType);
  }

  /**
   * A body that is read from a file, again on each attempt.
   *
   * @throws IllegalArgumentException if the media type has characters that no header may have
   */
  static RequestBody of(Path file, String mediaType) {
    Objects.requireNonNull(file, "file");
    checkMediaType(mediaType);
    return new FileBody(file, mediaType);
  }

  /**
   * A body that is read from a stream, which is opened again for each attempt, on the call's own
   * thread, and closed.
   *
   * @param length the number of bytes, or -1 if it is not known; a stream of another length ends
   *     the call with an {@code InvalidRequestError}
   * @throws IllegalArgumentException if the length is below -1, or the media type has characters
   *     that no header may have
   */
  static RequestBody of(Supplier<? extends InputStream> source, long length, String mediaType) {
    Objects.requireNonNull(source, "source");
    Checks.atLeast("length", length, -1);
    checkMediaType(mediaType);
    return new StreamBody(source, length, mediaType);
  }

  private static void checkMediaType(String mediaType) {
    Header.checkValue("Content-Type", Objects.requireNonNull(mediaType, "mediaType"));
  }
}
