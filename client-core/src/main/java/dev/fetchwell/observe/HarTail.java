package dev.fetchwell.observe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Where the last whole entry of a file of {@link HarFile} ends. That each entry begins a line, and
 * that no string of JSON has a line's end in it, makes that sure.
 *
 * @param ours whether a recorder wrote the file; of others nothing more is known
 * @param wholeTo where the last whole entry ends, or the file's head; what follows is its tail, or
 *     is torn
 * @param torn whether there is anything else than a tail behind that
 */
record HarTail(boolean ours, long wholeTo, boolean torn) {

  private static final byte[] HEAD = HarFile.HEAD.getBytes(StandardCharsets.UTF_8);
  private static final byte[] TAIL = HarFile.TAIL.getBytes(StandardCharsets.UTF_8);
  private static final int BLOCK = 64 << 10;

  static HarTail of(FileChannel file) throws IOException {
    long size = file.size();
    byte[] start = read(file, 0, (int) Math.min(size, HEAD.length));
    if (!Arrays.equals(start, Arrays.copyOf(HEAD, start.length))) {
      return new HarTail(false, size, false);
    }
    if (start.length < HEAD.length) {
      return new HarTail(true, 0, true);
    }
    long line = lastEntry(file, size);
    long wholeTo = line < 0 ? HEAD.length : endOf(file, line, size);
    byte[] rest = read(file, wholeTo, (int) Math.min(size - wholeTo, TAIL.length + 1L));
    return new HarTail(true, wholeTo, !Arrays.equals(rest, TAIL));
  }

  /** Where the last line begins that is an entry; -1 if there is none. */
  private static long lastEntry(FileChannel file, long size) throws IOException {
    long end = size;
    while (end > HEAD.length) {
      long from = Math.max(HEAD.length, end - BLOCK);
      byte[] block = read(file, from, (int) (end - from));
      for (int i = block.length - 2; i >= 0; i--) {
        if (block[i] == '\n' && block[i + 1] == '{') {
          return from + i + 1;
        }
      }
      end = from == HEAD.length ? from : from + 1; // The mark may lie across two blocks.
    }
    return -1;
  }

  /** Where the entry ends that begins there; if it does not, where the one before it does. */
  private static long endOf(FileChannel file, long line, long size) throws IOException {
    int depth = 0;
    boolean quoted = false;
    boolean escaped = false;
    for (long at = line; at < size; at += BLOCK) {
      byte[] block = read(file, at, (int) Math.min(size - at, BLOCK));
      for (int i = 0; i < block.length; i++) {
        byte c = block[i];
        if (quoted) {
          quoted = escaped || c != '"';
          escaped = !escaped && c == '\\';
        } else if (c == '"') {
          quoted = true;
        } else if (c == '{' || c == '[') {
          depth++;
        } else if ((c == '}' || c == ']') && --depth == 0) {
          long end = at + i + 1;
          // A brace of the old end, which the write had not reached, would close one too early.
          return end - line > TAIL.length ? end : before(line);
        }
      }
    }
    return before(line);
  }

  private static long before(long line) {
    boolean isFirst = line == HEAD.length + 1L;
    return isFirst ? HEAD.length : line - ",\n".length();
  }

  private static byte[] read(FileChannel file, long from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
      // Until it is full: it may be cut by another process.
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  static boolean repair(Path path) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      HarTail tail = of(file);
      if (!tail.ours()) {
        throw new IOException(path + " is no file of a HarRecorder, so it is left as it is");
      }
      if (!tail.torn()) {
        return false;
      }
      try (FileLock lock = HarFile.tryLock(file)) {
        if (lock == null) {
          throw new IOException(path + " is being written; close its recorder first");
        }
        file.truncate(tail.wholeTo());
        String missing = tail.wholeTo() == 0 ? HarFile.HEAD + HarFile.TAIL : HarFile.TAIL;
        ByteBuffer bytes = ByteBuffer.wrap(missing.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          file.write(bytes, tail.wholeTo() + bytes.position());
        }
      } catch (OverlappingFileLockException ofThisProcess) {
        throw new IOException(path + " is being written; close its recorder first", ofThisProcess);
      }
      return true;
    }
  }
}
