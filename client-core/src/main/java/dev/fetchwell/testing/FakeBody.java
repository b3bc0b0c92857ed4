package dev.fetchwell.testing;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CancellationException;

/** A body that comes in pieces. Read by one thread at a time, cancelled by any. */
final class FakeBody implements OpenBody {

  private final Iterator<byte[]> pieces;
  private final FakeReply reply;
  private final CallContext context;
  private final VirtualTime time;
  private final EndActions ended = new EndActions();

  private byte[] piece = {};
  private int offset;
  private boolean begun;

  /** Only ever goes to true. */
  private volatile boolean cancelled;

  FakeBody(FakeReply reply, CallContext context, VirtualTime time) {
    this.pieces = reply.piecesFor(context.request().method().name()).iterator();
    this.reply = reply;
    this.context = context;
    this.time = time;
  }

  @Override
  public int read(byte[] target) {
    while (offset == piece.length) {
      if (!pieces.hasNext()) {
        return end();
      }
      awaitNext();
      piece = pieces.next();
      offset = 0;
    }
    stopIfCancelled();
    int count = Math.min(target.length, piece.length - offset);
    System.arraycopy(piece, offset, target, 0, count);
    offset += count;
    return count;
  }

  /** Nobody but the reader could move the time, as it is the test's own thread that waits here. */
  private void awaitNext() {
    if (begun) {
      time.advance(reply.between());
    }
    begun = true;
    stopIfCancelled();
  }

  private int end() {
    stopIfCancelled();
    ended.run();
    if (reply.isCut()) {
      throw new ConnectionError(
          ConnectionError.Kind.RESET, "cut by the fake server", context.facts(), null);
    }
    return -1;
  }

  private void stopIfCancelled() {
    if (cancelled) {
      throw new CancellationException("the body was closed");
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    ended.run();
  }

  @Override
  public void whenEnded(Runnable action) {
    ended.add(action);
  }

  /** All pieces at once, after the time between them. */
  static byte[] whole(FakeReply reply, String method) {
    int length = reply.piecesFor(method).stream().mapToInt(piece -> piece.length).sum();
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] piece : reply.piecesFor(method)) {
      System.arraycopy(piece, 0, whole, at, piece.length);
      at += piece.length;
    }
    return whole;
  }

  /** The time that a body takes that is read as a whole. */
  static Duration duration(FakeReply reply, String method) {
    return reply.between().multipliedBy(Math.max(0, reply.piecesFor(method).size() - 1));
  }
}
