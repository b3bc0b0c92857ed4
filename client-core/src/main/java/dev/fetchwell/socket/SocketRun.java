package dev.fetchwell.socket;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ClientRuntime;
import dev.fetchwell.socket.Outbox.Sending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A socket's states and what leads from one to the next. Its fields are guarded by the one lock of
 * {@link Changes}; {@link #become} alone changes the state.
 *
 * <pre>
 * CONNECTING -> OPEN, or WAITING if that failed; WAITING -> CONNECTING after a delay;
 * OPEN -> WAITING if the connection is lost; OPEN or CONNECTING -> CLOSING when it is stopped;
 * any -> CLOSED when it has ended
 * </pre>
 */
final class SocketRun implements ClientRuntime.LongLived {

  /** How long futures wait for handlers that were to be told something before. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private final SocketSettings settings;
  private final Home home;
  private final Changes changes = new Changes();
  private final Sends sends;
  private final Ending ending;
  private final Inbox.Target target;
  private final Inbox inbox;
  private final Connecting connecting;
  private final Reconnects reconnects;
  private final long startedAt;
  private volatile SocketState state = SocketState.CONNECTING;
  private @Nullable Connection connection;

  private @Nullable Cancellable wait;
  private volatile @Nullable FetchError lastError;
  private @Nullable FetchError end;
  private volatile String subprotocol = "";
  private volatile boolean clientCloses;

  SocketRun(SocketSettings settings, Home home, Inbox.Target target) {
    this.settings = settings;
    this.home = home;
    this.sends = new Sends(settings, changes, home, this::facts);
    this.ending = new Ending(changes, home);
    this.target = target;
    this.inbox =
        new Inbox(changes, home.platform(), target, settings.maxMessageBytes, this::handlerThrew);
    this.connecting = new Connecting(this, home);
    this.reconnects = new Reconnects(settings, home.platform().random());
    this.startedAt = home.platform().timer().nanoTime();
  }

  Changes changes() {
    return changes;
  }

  SocketSettings settings() {
    return settings;
  }

  Platform platform() {
    return home.platform();
  }

  Sends sends() {
    return sends;
  }

  Inbox inbox() {
    return inbox;
  }

  boolean isCurrent(Connection one) {
    return connection == one;
  }

  /** Does something on a call thread after a delay, unless it is cancelled. */
  Cancellable after(Duration delay, Runnable task) {
    return Later.after(
        platform().delay(delay), task, noThread -> end(UnexpectedError.wrap(noThread)));
  }

  void start() {
    if (!home.adopt(this)) {
      clientClosed();
      return;
    }
    changes.make(
        () -> {
          if (state == SocketState.CLOSED) {
            // Given up before it began, such as by a subscriber.
            changes.then(() -> home.release(this));
          } else {
            become(SocketState.CONNECTING);
            connecting.begin();
          }
        });
  }

  /** The handshake succeeded; with the lock held. */
  void open(Link link) {
    boolean wasStopped = state == SocketState.CLOSING;
    boolean tells = settings.onOpen != null && !wasStopped;
    Connection made = new Connection(this, link, platform().timer().nanoTime(), tells);
    connection = made;
    subprotocol = link.subprotocol();
    if (wasStopped) {
      made.begin();
      made.close(closeCode());
      return;
    }
    made.begin();
    become(SocketState.OPEN);
    ending.opened();
    if (tells) {
      made.tellOpen(target::open);
    }
  }

  /** The handshake failed. */
  void refused(FetchError error) {
    lastError = error;
    if (state == SocketState.CLOSING) {
      finish(null);
    } else if (Reconnects.isTransient(error)) {
      waitAfter(error);
    } else {
      finish(error);
    }
  }

  /** A connection ended after which another one may do better. */
  void lost(Connection one, FetchError error) {
    if (!isCurrent(one)) {
      return;
    }
    connection = null;
    lastError = error;
    inbox.wake();
    sends.cut(error);
    if (state == SocketState.CLOSING) {
      finish(null);
      return;
    }
    reconnects.wasUpFor(Duration.ofNanos(platform().timer().nanoTime() - one.openedAt()));
    waitAfter(error);
  }

  /**
   * A connection ended after which no other would do better.
   *
   * @param isError whether the socket ends with it, or normally
   */
  void endedBy(Connection one, FetchError error, boolean isError) {
    if (!isCurrent(one)) {
      return;
    }
    connection = null;
    lastError = error;
    finish(isError && state != SocketState.CLOSING ? error : null);
  }

  private void waitAfter(FetchError error) {
    if (!reconnects.mayGoOn()) {
      finish(error);
      return;
    }
    become(SocketState.WAITING);
    wait = after(reconnects.delayAfter(error), () -> changes.make(this::connectAgain));
  }

  private void connectAgain() {
    if (state == SocketState.WAITING) {
      wait = null;
      become(SocketState.CONNECTING);
      connecting.begin();
    }
  }

  CompletableFuture<@Nullable Void> stop(Duration grace) {
    CompletableFuture<@Nullable Void> future = new CompletableFuture<>();
    changes.make(
        () -> {
          if (ending.isComplete()) {
            changes.then(() -> home.complete(() -> future.complete(null)));
            return;
          }
          ending.addStopped(future);
          if (grace.isZero()) {
            changes.then(this::graceIsOver);
          } else {
            ending.addLimit(after(grace, this::graceIsOver));
            close();
          }
        });
    return future;
  }

  private void graceIsOver() {
    changes.make(
        () -> {
          boolean isStuck = inbox.isInHandler() || state == SocketState.CLOSED;
          ending.dropLimits();
          inbox.discardMessages();
          if (state != SocketState.CLOSED) {
            finish(null);
          }
          if (isStuck) {
            changes.then(this::complete);
          }
        });
  }

  private void close() {
    switch (state) {
      case OPEN -> {
        become(SocketState.CLOSING);
        Connection open = connection;
        if (open != null) {
          open.letGo();
          open.close(closeCode());
        }
      }
      case CONNECTING -> {
        if (sends.isEmpty()) {
          finish(null);
        } else {
          become(SocketState.CLOSING);
        }
      }
      case WAITING -> finish(null);
      case CLOSING, CLOSED -> {}
    }
  }

  private int closeCode() {
    return clientCloses ? CloseCodes.GOING_AWAY : CloseCodes.NORMAL;
  }

  @Override
  public void clientCloses(Duration grace) {
    changes.make(() -> clientCloses = true);
    var unused = stop(grace);
  }

  @Override
  public void clientClosed() {
    changes.make(() -> clientCloses = true);
    end(new ClientClosedError(facts(false)));
  }

  /** Whoever got the messages wants no more of them. */
  void giveUp() {
    changes.make(inbox::discardMessages);
    var unused = stop(Connection.FAREWELL);
  }

  /** A user's handler threw. */
  void handlerThrew(Throwable thrown) {
    changes.make(
        () -> {
          inbox.discardMessages();
          if (state == SocketState.CLOSED) {
            changes.then(() -> Guard.report(thrown));
            return;
          }
          Connection last = connection;
          connection = null;
          if (last != null) {
            last.retire(CloseCodes.INTERNAL_ERROR, false);
          }
          finish(new UnexpectedError(facts(true), thrown));
        });
  }

  private void end(FetchError error) {
    changes.make(
        () -> {
          if (state != SocketState.CLOSED) {
            finish(error);
          }
        });
  }

  /** Ends it; with null as it was asked to. */
  private void finish(@Nullable FetchError error) {
    end = error == null && clientCloses ? new ClientClosedError(facts(false)) : error;
    if (end != null) {
      lastError = end;
    }
    connecting.cancel();
    if (wait != null) {
      wait.cancel();
      wait = null;
    }
    Connection last = connection;
    connection = null;
    if (last != null) {
      last.cut();
    }
    sends.end(refusal());
    become(SocketState.CLOSED);
    inbox.wake();
    FetchError told = end;
    inbox.add(
        () -> {
          target.ended(told);
          complete();
        });
    if (!ending.isLimited()) {
      ending.addLimit(after(LAST_WORDS, this::complete));
    }
    changes.then(() -> home.release(this));
    inbox.deliver();
  }

  /** Once the handlers have heard of everything, or there was no more time for that. */
  private void complete() {
    changes.make(
        () -> {
          if (state == SocketState.CLOSED) {
            ending.complete(end);
          }
        });
  }

  CompletableFuture<@Nullable Void> send(Link.Frame frame) {
    Sending sending = sends.sending(frame);
    @Nullable FetchError[] refusal = new FetchError[1];
    changes.make(
        () -> {
          boolean isOver = state == SocketState.CLOSING || state == SocketState.CLOSED;
          refusal[0] = isOver ? refusal() : sends.add(sending, connection);
          if (connection != null) {
            connection.write();
          }
        });
    if (refusal[0] != null) {
      sending.completeExceptionally(refusal[0]);
    }
    return sending;
  }

  private FetchError refusal() {
    return clientCloses
        ? new ClientClosedError(facts(false))
        : sends.unsent("the web socket was closed before the message was sent", lastError);
  }

  /** A subscriber is ready for more. */
  void deliver() {
    changes.make(inbox::deliver);
  }

  SocketState state() {
    return state;
  }

  @Nullable FetchError lastError() {
    return lastError;
  }

  String subprotocol() {
    return subprotocol;
  }

  int queued() {
    return sends.size();
  }

  Ending ending() {
    return ending;
  }

  String shownUrl() {
    return home.shownUrl();
  }

  CallFacts facts(boolean processed) {
    Duration elapsed = Duration.ofNanos(platform().timer().nanoTime() - startedAt);
    return new CallFacts("GET", home.shownUrl(), connecting.attempts(), elapsed, processed);
  }

  private void become(SocketState next) {
    state = next;
    inbox.add(next);
    inbox.deliver();
  }
}
