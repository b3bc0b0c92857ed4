package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.ByteBudget;

/**
 * What the calls of one client share on the wire.
 *
 * @param maxBufferedBytes memory for bodies that are read, and so the largest of them
 * @param buffered the same, to be taken from
 * @param maxConnecting connections to one host that are being opened at a time, at most
 * @param connecting the same, to be taken from
 */
record WireLimits(
    long maxBufferedBytes, ByteBudget buffered, int maxConnecting, ConnectPacing connecting) {

  /** The limits as they are set, with nothing taken. */
  static WireLimits of(WireSettings settings, long maxResponseBytes) {
    long bytes = settings.bufferedBytes(maxResponseBytes);
    long largest = BufferedBody.mostRoom(Math.min(maxResponseBytes, bytes));
    return new WireLimits(
        bytes,
        new ByteBudget(bytes, largest),
        settings.maxConnecting(),
        new ConnectPacing(settings.maxConnecting()));
  }
}
