package dev.fetchwell.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A HAR file that is whole after each write: an entry is put in place of the end of the file,
 * together with a new end, by one write. Each entry is a line of its own, so that one that was torn
 * can be found. Of one thread at a time.
 */
final class HarFile {

  static final String HEAD =
      "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"Fetchwell\",\"version\":\"1\"},"
          + "\"pages\":[],\"entries\":[";

  static final String TAIL = "\n]}}\n";

  private final Path path;
  private final Opener opener;
  private @Nullable FileChannel channel;

  /** Where the end of the file begins, which the next entry replaces. */
  private long tailAt;

  private boolean empty = true;

  /** Opens the file; a test gives one whose disk is slow or full. */
  interface Opener {
    FileChannel open(Path path) throws IOException;
  }

  HarFile(Path path, Opener opener) {
    this.path = path;
    this.opener = opener;
  }

  static FileChannel onDisk(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  Path path() {
    return path;
  }

  /** Sees to it that the file is there: also again, if it was taken away. */
  void open() throws IOException {
    FileChannel now = channel;
    if (now != null && now.isOpen() && Files.exists(path)) {
      return;
    }
    close();
    FileChannel opened = opener.open(path);
    try {
      lock(opened);
      opened.truncate(0);
      empty = true;
      tailAt = 0;
      put(opened, HEAD + TAIL, HEAD.length());
      channel = opened;
    } finally {
      if (channel != opened) {
        opened.close();
      }
    }
  }

  /** A byte where no file has one: a lock of what is there would keep readers out on Windows. */
  static @Nullable FileLock tryLock(FileChannel file) throws IOException {
    return file.tryLock(Long.MAX_VALUE - 1, 1, false);
  }

  /** Two that write to one file would leave neither's. */
  private static void lock(FileChannel opened) throws IOException {
    if (!isFree(opened)) {
      throw new IOException("another recorder writes to it; give each a file of its own");
    }
  }

  private static boolean isFree(FileChannel opened) {
    try {
      return tryLock(opened) != null;
    } catch (OverlappingFileLockException ofThisProcess) {
      return false;
    } catch (IOException noLocks) {
      return true; // Some network file systems have none; the file can be written all the same.
    }
  }

  /** Adds an entry. If that fails, the file is as it was before. */
  void add(String entry) throws IOException {
    FileChannel now = channel;
    if (now == null) {
      throw new IOException("not open");
    }
    String start = empty ? "\n" : ",\n";
    try {
      put(now, start + entry + TAIL, -1);
      empty = false;
    } catch (IOException failed) {
      restore(now, failed);
      throw failed;
    }
  }

  private void put(FileChannel to, String text, int length) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      to.write(left, tailAt + left.position());
    }
    tailAt += length >= 0 ? length : bytes.length - TAIL.length();
  }

  /** The old end first: what stands there needs no room on the disk. */
  private void restore(FileChannel torn, IOException failed) {
    try {
      byte[] tail = TAIL.getBytes(StandardCharsets.UTF_8);
      torn.write(ByteBuffer.wrap(tail), tailAt);
      torn.truncate(tailAt + tail.length);
    } catch (IOException again) {
      failed.addSuppressed(again);
    }
  }

  void close() throws IOException {
    FileChannel now = channel;
    channel = null;
    if (now != null) {
      now.close();
    }
  }
}
