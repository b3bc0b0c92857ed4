package dev.fetchwell.socket;

import java.util.Arrays;

/** Bytes that grow as they come, up to a limit. Confined to one thread. */
final class Bytes {

  private static final int AT_FIRST = 256;

  private final int limit;
  private byte[] content = {};
  private int length;

  Bytes(int limit) {
    this.limit = limit;
  }

  /**
   * Room for so many more.
   *
   * @throws Violation if they are too many
   */
  void reserve(long more) throws Violation {
    if (more > limit - length) {
      throw new Violation(CloseCodes.TOO_BIG, "a message over " + limit + " bytes");
    }
    int needed = (int) (length + more);
    if (needed > content.length) {
      int doubled = (int) Math.min(limit, Math.max(AT_FIRST, 2L * content.length));
      content = Arrays.copyOf(content, Math.max(needed, doubled));
    }
  }

  void add(byte[] source, int count) throws Violation {
    reserve(count);
    System.arraycopy(source, 0, content, length, count);
    length += count;
  }

  byte[] array() {
    return content;
  }

  int length() {
    return length;
  }

  /** All of them; from here on it is empty and holds nothing. */
  byte[] take() {
    byte[] taken = content.length == length ? content : Arrays.copyOf(content, length);
    content = new byte[0];
    length = 0;
    return taken;
  }
}
