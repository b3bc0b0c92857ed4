package dev.fetchwell.socket;

import dev.fetchwell.internal.async.CallerFuture;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages that wait to be sent, in order and bounded. What {@code onOpen} sends goes first,
 * and belongs to its connection. Guarded by the socket's lock.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // With the lock held.
final class Outbox {

  private final int maxMessages;
  private final long maxBytes;

  /** Sets in order: a message that is cancelled leaves its place at once, wherever it is. */
  private final LinkedHashSet<Sending> ofOpening = new LinkedHashSet<>();

  private final LinkedHashSet<Sending> waiting = new LinkedHashSet<>();

  private @Nullable Sending underWay;

  /** Also read without the lock. */
  private volatile int messages;

  private long bytes;

  Outbox(int maxMessages, long maxBytes) {
    this.maxMessages = maxMessages;
    this.maxBytes = maxBytes;
  }

  /** One message and its future; when that ends, however, the message leaves its place. */
  static final class Sending extends CallerFuture<@Nullable Void> {

    private final Link.Frame frame;
    private final Runnable whenGivenUp;

    Sending(Link.Frame frame, Consumer<Sending> whenGivenUp) {
      this.frame = frame;
      this.whenGivenUp = () -> whenGivenUp.accept(this);
    }

    Link.Frame frame() {
      return frame;
    }

    @Override
    protected void givenUp() {
      whenGivenUp.run();
    }
  }

  boolean hasRoomFor(Link.Frame frame) {
    return messages < maxMessages && bytes + frame.payload().length <= maxBytes;
  }

  String limits() {
    return "all of the "
        + maxMessages
        + " places, or of the "
        + maxBytes
        + " bytes, of the socket's send queue are taken";
  }

  void add(Sending sending, boolean isOfOpening) {
    (isOfOpening ? ofOpening : waiting).add(sending);
    messages++;
    bytes += sending.frame().payload().length;
  }

  /** It was cancelled; one that is under way goes on. */
  void remove(Sending sending) {
    if (ofOpening.remove(sending) || waiting.remove(sending)) {
      forget(sending);
    }
  }

  private void forget(Sending sending) {
    messages--;
    bytes -= sending.frame().payload().length;
  }

  boolean isEmpty() {
    return messages == 0;
  }

  int size() {
    return messages;
  }

  /** Takes the next to be written. */
  @Nullable Sending take(boolean onlyOfOpening) {
    Sending next = poll(ofOpening);
    if (next == null && !onlyOfOpening) {
      next = poll(waiting);
    }
    underWay = next;
    return next;
  }

  private static @Nullable Sending poll(Set<Sending> queue) {
    Iterator<Sending> first = queue.iterator();
    if (!first.hasNext()) {
      return null;
    }
    Sending next = first.next();
    first.remove();
    return next;
  }

  /** What was taken is written. */
  void written(Sending sending) {
    if (underWay == sending) {
      underWay = null;
      forget(sending);
    }
  }

  /** The message that is being written, whose connection is gone. */
  @Nullable Sending takeUnderWay() {
    Sending cut = underWay;
    underWay = null;
    if (cut != null) {
      forget(cut);
    }
    return cut;
  }

  /** Puts a message in front of the others. */
  void addFirst(Sending sending) {
    List<Sending> others = new ArrayList<>(waiting);
    waiting.clear();
    waiting.add(sending);
    waiting.addAll(others);
    messages++;
    bytes += sending.frame().payload().length;
  }

  /** Takes what {@code onOpen} sent by a connection that is gone: it runs again for the next. */
  List<Sending> takeOfOpening() {
    return takeAll(ofOpening);
  }

  /** Takes everything that waits. */
  List<Sending> takeAll() {
    List<Sending> all = takeAll(ofOpening);
    all.addAll(takeAll(waiting));
    return all;
  }

  private List<Sending> takeAll(Set<Sending> queue) {
    List<Sending> all = new ArrayList<>(queue);
    queue.clear();
    all.forEach(this::forget);
    return all;
  }
}
