package dev.fetchwell.internal.async;

/**
 * Looks whether the stack has room for what begins or ends a call. A stack that overflows in the
 * midst of that would leave it half done: claimed, and given up by nobody. Callers may come from
 * deep recursion, such as a chain of calls that end at once.
 *
 * <p>Each call looks, so it must cost little: a method's frame has room for all that lives across
 * any of its calls, so a single step with many locals makes all frames large, and few do. That
 * takes a third of the time that 250 small frames of 32 bytes took, for three times the room.
 */
public final class StackRoom {

  /** Of 420 bytes once compiled: 27 KB, more than the deepest way through the stages takes. */
  private static final int FRAMES = 64;

  /** Read from memory, as a compiler would compute what it knows after the call. */
  private static final long[] ZEROS = new long[48];

  private StackRoom() {}

  /**
   * Does nothing.
   *
   * @throws StackOverflowError if there is no room, while nothing has been touched
   */
  public static void check() {
    long unused = descend(FRAMES, ZEROS);
  }

  private static long descend(int left, long[] v) {
    // Not the last step: a compiler puts that one into the frame before it.
    if (left == 2) {
      long a0 = v[0], a1 = v[1], a2 = v[2], a3 = v[3], a4 = v[4], a5 = v[5];
      long b0 = v[6], b1 = v[7], b2 = v[8], b3 = v[9], b4 = v[10], b5 = v[11];
      long c0 = v[12], c1 = v[13], c2 = v[14], c3 = v[15], c4 = v[16], c5 = v[17];
      long d0 = v[18], d1 = v[19], d2 = v[20], d3 = v[21], d4 = v[22], d5 = v[23];
      long e0 = v[24], e1 = v[25], e2 = v[26], e3 = v[27], e4 = v[28], e5 = v[29];
      long f0 = v[30], f1 = v[31], f2 = v[32], f3 = v[33], f4 = v[34], f5 = v[35];
      long g0 = v[36], g1 = v[37], g2 = v[38], g3 = v[39], g4 = v[40], g5 = v[41];
      long h0 = v[42], h1 = v[43], h2 = v[44], h3 = v[45], h4 = v[46], h5 = v[47];
      long below = descend(1, v);
      long a = a0 + a1 + a2 + a3 + a4 + a5;
      long b = b0 + b1 + b2 + b3 + b4 + b5;
      long c = c0 + c1 + c2 + c3 + c4 + c5;
      long d = d0 + d1 + d2 + d3 + d4 + d5;
      long e = e0 + e1 + e2 + e3 + e4 + e5;
      long f = f0 + f1 + f2 + f3 + f4 + f5;
      long g = g0 + g1 + g2 + g3 + g4 + g5;
      long h = h0 + h1 + h2 + h3 + h4 + h5;
      return below + a + b + c + d + e + f + g + h;
    }
    return left == 0 ? 0 : 1 + descend(left - 1, v);
  }
}
