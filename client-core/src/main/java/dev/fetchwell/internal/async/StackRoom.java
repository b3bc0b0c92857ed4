package dev.fetchwell.internal.async;

/**
 * Looks whether the stack has room for what begins or ends a call. A stack that overflows in the
 * midst of that would leave it half done: claimed, and given up by nobody. Callers may come from
 * deep recursion, such as a chain of calls that end at once.
 */
public final class StackRoom {

  /** With the arguments some 25 KB, more than the deepest way through the stages takes. */
  private static final int FRAMES = 250;

  private StackRoom() {}

  /**
   * Does nothing.
   *
   * @throws StackOverflowError if there is no room, while nothing has been touched
   */
  public static void check() {
    long unused = descend(FRAMES, 1, 2, 3, 4, 5, 6, 7, 8);
  }

  private static long descend(
      int left, long a, long b, long c, long d, long e, long f, long g, long h) {
    return left == 0
        ? a + b + c + d + e + f + g + h
        : 1 + descend(left - 1, b, c, d, e, f, g, h, a);
  }
}
