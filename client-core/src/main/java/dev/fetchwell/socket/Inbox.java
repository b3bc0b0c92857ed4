package dev.fetchwell.socket;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.SerialTask;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told to the user's code, one at a time and in order, on call threads. Who brings a
 * message waits while there are too many: so the connection is not read, and the peer has to wait.
 */
final class Inbox {

  private static final int MAX_MESSAGES = 64;

  /** A handler that hangs while the connection comes and goes must not fill the heap. */
  private static final int MAX_STATES = 100;

  /** Gets what came; one method at a time. */
  interface Target {

    /** Whether it takes a message now; if not, it asks for {@link Inbox#deliver} later. */
    boolean isReady();

    void message(SocketMessage message);

    /** There is a new connection. */
    void open();

    /** Does not throw. */
    void state(SocketState state);

    /** The socket has ended; with null as it was asked to. The last that is told. */
    void ended(@Nullable FetchError error);
  }

  private final Changes changes;
  private final Platform platform;
  private final Target target;
  private final long maxBytes;
  private final Consumer<Throwable> failed;
  private final SerialTask delivery = new SerialTask(this::deliverAll);
  private final Condition room;

  // All guarded by the socket's lock.
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private int messages;
  private long bytes;
  private int states;
  private boolean inHandler;
  private boolean discards;

  private sealed interface Item {}

  private record Message(SocketMessage message, int size) implements Item {}

  private static final class State implements Item {

    private SocketState state;

    private State(SocketState state) {
      this.state = state;
    }
  }

  private record Open(Runnable task) implements Item {}

  private record Task(Runnable task) implements Item {}

  /**
   * Creates one that is empty.
   *
   * @param failed gets what the target throws
   */
  Inbox(
      Changes changes,
      Platform platform,
      Target target,
      long maxBytes,
      Consumer<Throwable> failed) {
    this.changes = changes;
    this.platform = platform;
    this.target = target;
    this.maxBytes = maxBytes;
    this.failed = failed;
    this.room = changes.condition();
  }

  /** A change of state; if too many were not told yet, the last of them is left out. */
  void add(SocketState state) {
    if (states < MAX_STATES) {
      states++;
      items.add(new State(state));
      return;
    }
    for (Iterator<Item> latest = items.descendingIterator(); latest.hasNext(); ) {
      if (latest.next() instanceof State last) {
        last.state = state;
        return;
      }
    }
  }

  /** A connection was opened; left out if its handlers are far behind. */
  void addOpen(Runnable onOpen) {
    if (states < MAX_STATES && !discards) {
      states++;
      items.add(new Open(onOpen));
    }
  }

  /** Something else to be done in its turn. */
  void add(Runnable task) {
    items.add(new Task(task));
  }

  /** Whether nothing waits and no handler runs. */
  boolean isIdle() {
    return items.isEmpty() && !inHandler;
  }

  /**
   * Waits for room, then adds a message.
   *
   * @param isWanted whether its connection is still there
   */
  boolean awaitRoomAndAdd(SocketMessage message, int size, BooleanSupplier isWanted) {
    while (isWanted.getAsBoolean() && !discards && isFull(size)) {
      room.awaitUninterruptibly();
    }
    if (!isWanted.getAsBoolean() || discards) {
      return false;
    }
    items.add(new Message(message, size));
    messages++;
    bytes += size;
    return true;
  }

  private boolean isFull(int size) {
    return messages >= MAX_MESSAGES || (messages > 0 && bytes + size > maxBytes);
  }

  boolean isInHandler() {
    return inHandler;
  }

  boolean isFull() {
    return isFull(1);
  }

  /** Wakes who waits for room, as its connection is gone. */
  void wake() {
    room.signalAll();
  }

  /** Drops what was not handed over, now and from now on; but for the states. */
  void discardMessages() {
    discards = true;
    items.removeIf(item -> item instanceof Message || item instanceof Open);
    messages = 0;
    bytes = 0;
    room.signalAll();
    // What stood behind them, such as the end.
    deliver();
  }

  /** Has what waits delivered; with the lock held. */
  void deliver() {
    if (!items.isEmpty() && delivery.ask()) {
      changes.then(() -> platform.execute(delivery::work));
    }
  }

  private void deliverAll() {
    @Nullable Item[] next = new Item[1];
    do {
      changes.make(() -> next[0] = take());
      Item item = next[0];
      if (item != null) {
        try {
          deliver(item);
        } catch (Throwable thrown) {
          failed.accept(thrown);
        } finally {
          changes.make(() -> inHandler = false);
        }
      }
    } while (next[0] != null);
  }

  private void deliver(Item item) {
    if (item instanceof Message message) {
      target.message(message.message());
    } else if (item instanceof State state) {
      target.state(state.state);
    } else if (item instanceof Open open) {
      open.task().run();
    } else if (item instanceof Task task) {
      task.task().run();
    }
  }

  private @Nullable Item take() {
    Item first = items.peek();
    if (first == null || (first instanceof Message && !target.isReady())) {
      return null;
    }
    items.remove();
    inHandler = true;
    if (first instanceof Message message) {
      messages--;
      bytes -= message.size();
      room.signalAll();
    } else if (first instanceof State || first instanceof Open) {
      states--;
    }
    return first;
  }
}
