package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.text.Checks;
import org.jspecify.annotations.Nullable;

/**
 * How much of the machine a client's exchanges take. Immutable.
 *
 * @param maxBufferedBytes memory for bodies that are read; null: by the heap
 * @param maxConnecting connections to one host that are being opened at a time, at most
 */
public record WireSettings(@Nullable Long maxBufferedBytes, int maxConnecting) {

  private static final WireSettings STANDARD = new WireSettings(null, 512);

  /**
   * Creates settings.
   *
   * @throws IllegalArgumentException if one is too small
   */
  public WireSettings {
    if (maxBufferedBytes != null) {
      Checks.atLeast("maxBufferedBytes", maxBufferedBytes, 1);
    }
    Checks.atLeast("maxConnecting", maxConnecting, 1);
  }

  /** A quarter of the heap for bodies, and at most 512 connections at a time. */
  public static WireSettings standard() {
    return STANDARD;
  }

  /** With other memory for bodies. */
  public WireSettings maxBufferedBytes(long bytes) {
    return new WireSettings(bytes, maxConnecting);
  }

  /** With another bound on the connections at a time. */
  public WireSettings maxConnecting(int connections) {
    return new WireSettings(maxBufferedBytes, connections);
  }

  /**
   * The settings, if they fit.
   *
   * @throws IllegalArgumentException if one body may be larger than all together
   */
  public WireSettings checked(long maxResponseBytes) {
    if (maxBufferedBytes != null && maxBufferedBytes < maxResponseBytes) {
      throw new IllegalArgumentException(
          "maxBufferedBytes: "
              + maxBufferedBytes
              + " (expected: >= maxResponseBytes "
              + maxResponseBytes
              + ")");
    }
    return this;
  }

  /**
   * Memory for bodies. Unless it is set, a quarter of the heap, or what one body may have if that
   * is more, though never more than half of the heap.
   */
  public long bufferedBytes(long maxResponseBytes) {
    if (maxBufferedBytes != null) {
      return maxBufferedBytes;
    }
    long heap = Runtime.getRuntime().maxMemory();
    return Math.max(heap / 4, Math.min(maxResponseBytes, heap / 2));
  }
}
