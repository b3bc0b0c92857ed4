package dev.fetchwell.socket;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.SocketClosedError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.SerialTask;
import dev.fetchwell.socket.Outbox.Sending;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a socket, from its handshake until both sides have let go of it: what it
 * writes, its heartbeat, and what comes over it. Its fields are guarded by the socket's lock.
 */
final class Connection implements Link.Events {

  /** How long a peer may take to close a connection over which all was said. */
  static final Duration FAREWELL = Duration.ofSeconds(1);

  /** How long messages wait for {@code onOpen}, so that one which waits for them does not hang. */
  private static final Duration LONGEST_HOLD = Duration.ofSeconds(5);

  private final SocketRun socket;
  private final Link link;
  private final long openedAt;
  private final Heartbeat heartbeat;
  private final SerialTask writing = new SerialTask(this::writeAll);

  private byte @Nullable [] pong;
  private boolean pings;
  private int closeCode;
  private boolean closeWritten;
  private boolean writeFailed;
  private boolean peerIsDone;

  /** Until {@code onOpen} has returned, only what it sends is sent. */
  private boolean held;

  private @Nullable Cancellable farewell;

  /** Where {@code onOpen} runs now. */
  private volatile @Nullable Thread opening;

  Connection(SocketRun socket, Link link, long openedAt, boolean held) {
    this.socket = socket;
    this.link = link;
    this.openedAt = openedAt;
    this.held = held;
    this.heartbeat = new Heartbeat(socket, this, link);
  }

  long openedAt() {
    return openedAt;
  }

  String subprotocol() {
    return link.subprotocol();
  }

  private Changes changes() {
    return socket.changes();
  }

  /** Begins to read and to write; with the lock held, as the methods up to the next blank line. */
  void begin() {
    changes().then(() -> socket.platform().execute(() -> link.read(this)));
    heartbeat.arm();
    write();
  }

  void write() {
    if (writing.ask()) {
      changes().then(() -> socket.platform().execute(writing::work));
    }
  }

  /** Has the user told, in turn; what is sent from there goes first. */
  void tellOpen(Runnable onOpen) {
    Cancellable longest = socket.after(LONGEST_HOLD, () -> changes().make(this::letGo));
    socket.inbox().addOpen(() -> tellOpen(onOpen, longest));
    socket.inbox().deliver();
  }

  private void tellOpen(Runnable onOpen, Cancellable longest) {
    opening = Thread.currentThread();
    changes().make(() -> socket.sends().inOnOpen(this));
    try {
      onOpen.run();
    } finally {
      opening = null;
      longest.cancel();
      changes()
          .make(
              () -> {
                socket.sends().inOnOpen(null);
                letGo();
              });
    }
  }

  /** Whether this thread is in {@code onOpen}. */
  boolean isOpening() {
    return opening == Thread.currentThread();
  }

  void letGo() {
    held = false;
    write();
  }

  /** Writes a close frame, once everything before it is written if the connection is in use. */
  void close(int code) {
    if (closeCode == 0) {
      closeCode = code;
      write();
    }
  }

  /** It is no longer the socket's: says goodbye if there is time, and lets go of it. */
  void retire(int code, boolean saidByPeer) {
    heartbeat.stop();
    peerIsDone = saidByPeer;
    if (writeFailed || (peerIsDone && closeWritten)) {
      cut();
      return;
    }
    if (farewell == null) {
      farewell = socket.after(FAREWELL, this::cutNow);
    }
    close(code);
  }

  /** It is no longer the socket's, and broken. */
  void cut() {
    heartbeat.stop();
    if (farewell != null) {
      farewell.cancel();
    }
    changes().then(link::cancel);
  }

  private void cutNow() {
    changes().make(this::cut);
  }

  /** Wants to know whether the peer is there. */
  void ping() {
    pings = true;
    write();
  }

  // What is written.

  private sealed interface Next {}

  private record Control(Link.Frame frame) implements Next {}

  private record Message(Sending sending) implements Next {}

  private void writeAll() {
    @Nullable Next[] next = new Next[1];
    changes().make(() -> next[0] = take());
    for (Next one = next[0]; one != null; one = next[0]) {
      Next now = one;
      try {
        link.write(now instanceof Message message ? message.sending().frame() : frameOf(now));
      } catch (Throwable thrown) {
        changes().make(() -> writeBroke(thrown));
        return;
      }
      changes()
          .make(
              () -> {
                written(now);
                next[0] = take();
              });
    }
  }

  private static Link.Frame frameOf(Next next) {
    return ((Control) next).frame();
  }

  private @Nullable Next take() {
    if (writeFailed || closeWritten) {
      return null;
    }
    if (pong != null) {
      Next answer = new Control(new Link.Frame(Link.Frame.PONG, pong));
      pong = null;
      return answer;
    }
    if (pings) {
      pings = false;
      return new Control(new Link.Frame(Link.Frame.PING, new byte[0]));
    }
    Sending sending = socket.isCurrent(this) ? socket.sends().take(held) : null;
    if (sending != null) {
      return new Message(sending);
    }
    if (closeCode != 0) {
      closeWritten = true;
      return new Control(Link.Frame.close(closeCode));
    }
    return null;
  }

  private void written(Next next) {
    if (next instanceof Message message) {
      socket.sends().written(message.sending());
    } else if (closeWritten && peerIsDone) {
      cut();
    }
  }

  private void writeBroke(Throwable thrown) {
    writeFailed = true;
    // What the peer said before it left may still be read: perhaps why it left.
    if (farewell == null) {
      farewell = socket.after(FAREWELL, () -> broken(thrown));
    }
  }

  // What comes.

  @Override
  public void message(SocketMessage message, int bytes) {
    changes()
        .make(
            () -> {
              heartbeat.readerWaits(socket.inbox().isFull());
              socket.inbox().awaitRoomAndAdd(message, bytes, () -> socket.isCurrent(this));
              socket.inbox().deliver();
            });
  }

  @Override
  public void ping(byte[] payload) {
    changes()
        .make(
            () -> {
              // Of many, only the latest need be answered.
              pong = payload;
              write();
            });
  }

  @Override
  public void pong() {
    changes().make(heartbeat::pong);
  }

  @Override
  public void closed(int code, String reason) {
    changes()
        .make(
            () -> {
              retire(code == CloseCodes.NONE ? CloseCodes.NORMAL : code, true);
              FetchError error =
                  new SocketClosedError(code, CloseCodes.nameOf(code), reason, socket.facts(true));
              if (socket.settings().closeCodes.isFinal(code)) {
                socket.endedBy(this, error, code != CloseCodes.NORMAL);
              } else {
                socket.lost(this, error);
              }
            });
  }

  @Override
  public void broken(Throwable thrown) {
    changes()
        .make(
            () -> {
              if (thrown instanceof Violation violation && socket.isCurrent(this)) {
                broke(violation);
              } else {
                broke(thrown);
              }
            });
  }

  private void broke(Violation violation) {
    retire(violation.code(), false);
    if (violation.code() == CloseCodes.TOO_BIG) {
      int limit = socket.settings().maxMessageBytes;
      socket.endedBy(this, BodyTooLargeError.ofMessage(limit, socket.facts(true)), true);
    } else {
      String problem = String.valueOf(violation.getMessage());
      socket.lost(this, error(ConnectionError.Kind.PROTOCOL, problem, violation));
    }
  }

  private void broke(Throwable thrown) {
    cut();
    String said = thrown.getMessage();
    String detail = said == null ? thrown.getClass().getSimpleName() : said;
    socket.lost(this, error(ConnectionError.Kind.RESET, detail, thrown));
  }

  private ConnectionError error(ConnectionError.Kind kind, String detail, Throwable cause) {
    return new ConnectionError(kind, detail, socket.facts(true), cause);
  }

  @Override
  public void ended() {
    cutNow();
  }
}
