package dev.fetchwell.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** A body in memory. */
final class BytesBody implements RequestBody {

  private final byte[] bytes;
  private final String mediaType;

  BytesBody(byte[] bytes, String mediaType) {
    this.bytes = bytes;
    this.mediaType = mediaType;
  }

  @Override
  public String mediaType() {
    return mediaType;
  }

  @Override
  public long length() {
    return bytes.length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  @Override
  public Optional<byte[]> bytes() {
    return Optional.of(bytes.clone());
  }

  @Override
  public String toString() {
    return bytes.length + " bytes of " + mediaType;
  }
}
