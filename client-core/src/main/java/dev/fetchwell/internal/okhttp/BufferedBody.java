package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.ByteBudget;
import dev.fetchwell.internal.pipeline.Attempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body into memory, each part only when there is room for it. Room is taken for what the
 * body costs at its worst: a body of announced length goes into an array of that length once its
 * first bytes are here; another one is read in steps and then joined, and so takes twice its length
 * for a moment. Confined to the thread of its call, which waits for room without any lock of
 * OkHttp's.
 *
 * <p>While it waits, the peer is slowed down as by any slow reader: on HTTP/1 by TCP. On HTTP/2 the
 * connection's other streams go on, as OkHttp opens the connection's window again when data comes
 * and not when it is read; what came for this stream, 16 MiB at most, is kept by OkHttp, outside of
 * any budget.
 */
final class BufferedBody {

  /** As much as OkHttp reads from a socket at once; most bodies are shorter. */
  private static final int FIRST = 8 * 1024;

  /** Below half a region of G1's on a small heap, above which an array takes whole regions. */
  private static final int LONGEST_STEP = 256 * 1024;

  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;
  private static final byte[] NONE = {};

  private final BufferedSource source;
  private final long announced;
  private final ByteBudget.Share room;
  private final WireLimits limits;
  private final Attempt attempt;
  private boolean cutOff;
  private OkHttpFailures.@Nullable TooLarge tooLarge;

  /** Whether the first bytes of a body that is too long are worth nothing. */
  private boolean allOrNothing;

  BufferedBody(ResponseBody body, ByteBudget.Share room, WireLimits limits, Attempt attempt) {
    this.source = body.source();
    this.announced = body.contentLength();
    this.room = room;
    this.limits = limits;
    this.attempt = attempt;
  }

  /** The most room that a body of at most so many bytes takes. */
  static long mostRoom(long bytes) {
    return 2 * (FIRST + Math.min(bytes, LONGEST_ARRAY));
  }

  /**
   * All of it.
   *
   * @throws OkHttpFailures.TooLarge if it is longer than the limit, or than all room there is
   */
  byte[] whole(long limit) throws IOException {
    allOrNothing = true;
    byte[] bytes = announced > most(limit) ? NONE : start(most(limit));
    if (announced > most(limit) || cutOff) {
      throw tooLarge(limit);
    }
    return bytes;
  }

  /** All of it; only its first bytes if it is {@linkplain #tooLarge too large} for that. */
  byte[] wholeOrStart(long limit, int first) throws IOException {
    int most = most(limit);
    byte[] bytes = start(announced > most ? Math.min(first, most) : most);
    if (!cutOff) {
      return bytes;
    }
    tooLarge = tooLarge(limit);
    return bytes.length > first ? Arrays.copyOf(bytes, first) : bytes;
  }

  private int most(long limit) {
    return (int) Math.min(LONGEST_ARRAY, Math.min(limit, limits.maxBufferedBytes()));
  }

  private OkHttpFailures.TooLarge tooLarge(long limit) {
    int most = most(limit);
    return new OkHttpFailures.TooLarge(
        most, most == limit ? "maxResponseBytes" : "maxBufferedBytes");
  }

  /** Why there are only its first bytes; null if it is all here. */
  OkHttpFailures.@Nullable TooLarge tooLarge() {
    return tooLarge;
  }

  /** Its first bytes, up to the limit. */
  byte[] start(int limit) throws IOException {
    if (!source.request(1)) {
      return NONE;
    }
    // From here on, as a silent peer must not hold any.
    take(2L * FIRST);
    int first = Math.min(FIRST, limit);
    if (!source.request(first + 1L)) {
      return source.readByteArray();
    }
    if (first == limit) {
      cutOff = true;
      return source.readByteArray(limit);
    }
    return announced > first && announced <= limit
        ? ofLength((int) announced, limit)
        : inSteps(new ArrayList<>(), 0, limit);
  }

  /** Whether there is more than the limit. */
  boolean isCutOff() {
    return cutOff;
  }

  private byte[] ofLength(int length, int limit) throws IOException {
    take(length);
    byte[] bytes = new byte[length];
    int count = fill(bytes);
    if (count < length) {
      return Arrays.copyOf(bytes, count);
    }
    if (source.exhausted()) {
      return bytes;
    }
    // Not by OkHttp: an interceptor of the caller's changed the body and not its length.
    take(length);
    return inSteps(new ArrayList<>(List.of(bytes)), length, limit);
  }

  private byte[] inSteps(List<byte[]> parts, int before, int limit) throws IOException {
    int total = before;
    while (true) {
      int step = Math.min(limit - total, Math.max(FIRST, Math.min(total, LONGEST_STEP)));
      if (step == 0) {
        cutOff = !source.exhausted();
        break;
      }
      // For itself, and for its place in the whole.
      take(2L * step);
      byte[] part = new byte[step];
      int count = fill(part);
      parts.add(part);
      total += count;
      if (count < step) {
        break;
      }
    }
    return cutOff && allOrNothing ? NONE : joined(parts, total);
  }

  private byte[] joined(List<byte[]> parts, int total) {
    byte[] whole = new byte[total];
    int at = 0;
    for (byte[] part : parts) {
      int length = Math.min(part.length, total - at);
      System.arraycopy(part, 0, whole, at, length);
      at += length;
    }
    parts.clear();
    room.keep(total);
    return whole;
  }

  private int fill(byte[] bytes) throws IOException {
    int count = 0;
    while (count < bytes.length) {
      int more = source.read(bytes, count, bytes.length - count);
      if (more < 0) {
        break;
      }
      count += more;
    }
    return count;
  }

  private void take(long bytes) throws IOException {
    if (room.take(bytes)) {
      return;
    }
    attempt.markWaitingFor(
        "room for its body within maxBufferedBytes "
            + limits.maxBufferedBytes()
            + " (make fewer calls at once, raise it, or stream the body)");
    try {
      room.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it waited for room");
    }
    attempt.markWaitingFor("");
  }
}
