package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes a body in HTTP/1.1 chunks: one per 8 KiB or flush. Closing ends the body, not the
 * connection.
 */
final class ChunkedBody extends OutputStream {

  private final OutputStream out;
  private final byte[] chunk = new byte[8 * 1024];
  private int size;

  ChunkedBody(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    chunk[size++] = (byte) b;
    if (size == chunk.length) {
      writeChunk();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int step = Math.min(left, chunk.length - size);
      System.arraycopy(bytes, from, chunk, size, step);
      size += step;
      from += step;
      left -= step;
      if (size == chunk.length) {
        writeChunk();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    writeChunk();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    writeChunk();
    out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private void writeChunk() throws IOException {
    if (size > 0) { // An empty chunk would end the body.
      out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.write(chunk, 0, size);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      size = 0;
    }
  }
}
