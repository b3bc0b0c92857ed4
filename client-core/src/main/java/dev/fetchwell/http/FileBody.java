package dev.fetchwell.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A body in a file. */
record FileBody(Path file, String mediaType) implements RequestBody {

  @Override
  public long length() throws IOException {
    return Files.size(file);
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    Files.copy(file, out);
  }

  @Override
  public String toString() {
    return file + " as " + mediaType;
  }
}
