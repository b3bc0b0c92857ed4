package dev.fetchwell.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file on a disk that is slow, or full: what a test says happens before bytes are written. */
public final class FaultyDisk extends FileChannel {

  private final FileChannel file;
  private final BeforeWrite beforeWrite;

  /** Says how many bytes are taken; throws where none are. */
  public interface BeforeWrite {
    /** How many of so many bytes at a place are written. */
    int taken(long position, int bytes) throws IOException;
  }

  /** A file with a disk of its own. */
  public FaultyDisk(FileChannel file, BeforeWrite beforeWrite) {
    this.file = file;
    this.beforeWrite = beforeWrite;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    int taken = beforeWrite.taken(position, bytes.remaining());
    ByteBuffer part = bytes.slice();
    part.limit(Math.min(taken, part.limit()));
    int written = file.write(part, position);
    bytes.position(bytes.position() + written);
    return written;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    file.truncate(size);
    return this;
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return file.tryLock(position, size, shared);
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public int read(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metaData) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
