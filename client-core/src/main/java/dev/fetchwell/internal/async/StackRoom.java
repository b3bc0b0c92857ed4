package dev.fetchwell.internal.async;

/**
 * Looks whether the stack has room for what begins or ends a call. A stack that overflows in the
 * midst of that would leave it half done: claimed, and given up by nobody. Callers may come from
 * deep recursion, such as a chain of calls that end at once.
 *
 * <p>Each call looks, so it must cost little: a method's frame has room for all that lives across
 * any of its calls, so a single step with many locals makes all frames large, and few do. 64 of a
 * quarter of the size made a call 5 % dearer, probably as a processor foresees where only the last
 * 16 to 32 calls return to, and forgets it of those above a deeper chain.
 */
public final class StackRoom {

  /** Of 1.6 KB once compiled: 27 KB, more than the deepest way through the stages takes. */
  private static final int FRAMES = 17;

  /** Read from memory, as a compiler would compute what it knows after the call. */
  private static final long[] ZEROS = new long[192];

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
      long i0 = v[48], i1 = v[49], i2 = v[50], i3 = v[51], i4 = v[52], i5 = v[53];
      long j0 = v[54], j1 = v[55], j2 = v[56], j3 = v[57], j4 = v[58], j5 = v[59];
      long k0 = v[60], k1 = v[61], k2 = v[62], k3 = v[63], k4 = v[64], k5 = v[65];
      long l0 = v[66], l1 = v[67], l2 = v[68], l3 = v[69], l4 = v[70], l5 = v[71];
      long m0 = v[72], m1 = v[73], m2 = v[74], m3 = v[75], m4 = v[76], m5 = v[77];
      long n0 = v[78], n1 = v[79], n2 = v[80], n3 = v[81], n4 = v[82], n5 = v[83];
      long o0 = v[84], o1 = v[85], o2 = v[86], o3 = v[87], o4 = v[88], o5 = v[89];
      long p0 = v[90], p1 = v[91], p2 = v[92], p3 = v[93], p4 = v[94], p5 = v[95];
      long q0 = v[96], q1 = v[97], q2 = v[98], q3 = v[99], q4 = v[100], q5 = v[101];
      long r0 = v[102], r1 = v[103], r2 = v[104], r3 = v[105], r4 = v[106], r5 = v[107];
      long s0 = v[108], s1 = v[109], s2 = v[110], s3 = v[111], s4 = v[112], s5 = v[113];
      long t0 = v[114], t1 = v[115], t2 = v[116], t3 = v[117], t4 = v[118], t5 = v[119];
      long u0 = v[120], u1 = v[121], u2 = v[122], u3 = v[123], u4 = v[124], u5 = v[125];
      long v0 = v[126], v1 = v[127], v2 = v[128], v3 = v[129], v4 = v[130], v5 = v[131];
      long w0 = v[132], w1 = v[133], w2 = v[134], w3 = v[135], w4 = v[136], w5 = v[137];
      long x0 = v[138], x1 = v[139], x2 = v[140], x3 = v[141], x4 = v[142], x5 = v[143];
      long y0 = v[144], y1 = v[145], y2 = v[146], y3 = v[147], y4 = v[148], y5 = v[149];
      long z0 = v[150], z1 = v[151], z2 = v[152], z3 = v[153], z4 = v[154], z5 = v[155];
      long aa0 = v[156], aa1 = v[157], aa2 = v[158], aa3 = v[159], aa4 = v[160], aa5 = v[161];
      long ab0 = v[162], ab1 = v[163], ab2 = v[164], ab3 = v[165], ab4 = v[166], ab5 = v[167];
      long ac0 = v[168], ac1 = v[169], ac2 = v[170], ac3 = v[171], ac4 = v[172], ac5 = v[173];
      long ad0 = v[174], ad1 = v[175], ad2 = v[176], ad3 = v[177], ad4 = v[178], ad5 = v[179];
      long ae0 = v[180], ae1 = v[181], ae2 = v[182], ae3 = v[183], ae4 = v[184], ae5 = v[185];
      long af0 = v[186], af1 = v[187], af2 = v[188], af3 = v[189], af4 = v[190], af5 = v[191];
      long sum = descend(1, v);
      sum += a0 + a1 + a2 + a3 + a4 + a5 + b0 + b1 + b2 + b3 + b4 + b5;
      sum += c0 + c1 + c2 + c3 + c4 + c5 + d0 + d1 + d2 + d3 + d4 + d5;
      sum += e0 + e1 + e2 + e3 + e4 + e5 + f0 + f1 + f2 + f3 + f4 + f5;
      sum += g0 + g1 + g2 + g3 + g4 + g5 + h0 + h1 + h2 + h3 + h4 + h5;
      sum += i0 + i1 + i2 + i3 + i4 + i5 + j0 + j1 + j2 + j3 + j4 + j5;
      sum += k0 + k1 + k2 + k3 + k4 + k5 + l0 + l1 + l2 + l3 + l4 + l5;
      sum += m0 + m1 + m2 + m3 + m4 + m5 + n0 + n1 + n2 + n3 + n4 + n5;
      sum += o0 + o1 + o2 + o3 + o4 + o5 + p0 + p1 + p2 + p3 + p4 + p5;
      sum += q0 + q1 + q2 + q3 + q4 + q5 + r0 + r1 + r2 + r3 + r4 + r5;
      sum += s0 + s1 + s2 + s3 + s4 + s5 + t0 + t1 + t2 + t3 + t4 + t5;
      sum += u0 + u1 + u2 + u3 + u4 + u5 + v0 + v1 + v2 + v3 + v4 + v5;
      sum += w0 + w1 + w2 + w3 + w4 + w5 + x0 + x1 + x2 + x3 + x4 + x5;
      sum += y0 + y1 + y2 + y3 + y4 + y5 + z0 + z1 + z2 + z3 + z4 + z5;
      sum += aa0 + aa1 + aa2 + aa3 + aa4 + aa5 + ab0 + ab1 + ab2 + ab3 + ab4 + ab5;
      sum += ac0 + ac1 + ac2 + ac3 + ac4 + ac5 + ad0 + ad1 + ad2 + ad3 + ad4 + ad5;
      sum += ae0 + ae1 + ae2 + ae3 + ae4 + ae5 + af0 + af1 + af2 + af3 + af4 + af5;
      return sum;
    }
    return left == 0 ? 0 : 1 + descend(left - 1, v);
  }
}
