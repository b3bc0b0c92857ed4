package dev.fetchwell.socket;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.socket.Outbox.Sending;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What becomes of the messages that a user sends. Guarded by the socket's lock. */
final class Sends {

  private final boolean resends;
  private final Changes changes;
  private final Home home;
  private final Function<Boolean, CallFacts> facts;
  private final Outbox outbox;
  private @Nullable Connection inOnOpen;

  /**
   * Begins with none.
   *
   * @param facts for an error now, and whether the server may have got the message
   */
  Sends(SocketSettings settings, Changes changes, Home home, Function<Boolean, CallFacts> facts) {
    this.resends = settings.resendsOnReconnect;
    this.changes = changes;
    this.home = home;
    this.facts = facts;
    this.outbox = new Outbox(settings.maxQueued, settings.maxQueuedBytes);
  }

  /** A message that is in no queue yet; without the lock. */
  Sending sending(Link.Frame frame) {
    return new Sending(frame, cancelled -> changes.make(() -> outbox.remove(cancelled)));
  }

  /** Whose {@code onOpen} runs, if one does. */
  void inOnOpen(@Nullable Connection connection) {
    inOnOpen = connection;
  }

  /** Takes a message; the error says why not. */
  @Nullable FetchError add(Sending sending, @Nullable Connection current) {
    boolean isOfOpening = inOnOpen != null && inOnOpen.isOpening();
    if (isOfOpening && inOnOpen != current) {
      // It would be sent over another connection than that which it is about.
      return unsent("its connection was lost before the message was sent", null);
    }
    if (!outbox.hasRoomFor(sending.frame())) {
      return new BulkheadFullError(outbox.limits(), facts.apply(false));
    }
    outbox.add(sending, isOfOpening);
    return null;
  }

  boolean isEmpty() {
    return outbox.isEmpty();
  }

  int size() {
    return outbox.size();
  }

  /** The next to be written. */
  @Nullable Sending take(boolean onlyOfOpening) {
    return outbox.take(onlyOfOpening);
  }

  /** The network has it. */
  void written(Sending sending) {
    outbox.written(sending);
    changes.then(() -> home.complete(() -> succeed(sending)));
  }

  @SuppressWarnings("NullAway") // It does not look into the type argument.
  private static void succeed(Sending sending) {
    sending.complete(null);
  }

  /** The connection was lost, and there may be another. */
  void cut(FetchError error) {
    Sending cut = outbox.takeUnderWay();
    if (cut != null && resends && !cut.isEnding()) {
      outbox.addFirst(cut);
    } else if (cut != null) {
      fail(cut, error);
    }
    FetchError unsent = unsent("the message was not sent", error);
    outbox.takeOfOpening().forEach(sending -> fail(sending, unsent));
    if (!resends) {
      outbox.takeAll().forEach(sending -> fail(sending, unsent));
    }
  }

  /**
   * There will be no other connection.
   *
   * @param unsent what those end with that were not sent
   */
  void end(FetchError unsent) {
    Sending cut = outbox.takeUnderWay();
    if (cut != null) {
      String detail = "a part of the message was sent";
      fail(cut, new ConnectionError(ConnectionError.Kind.RESET, detail, facts.apply(true), unsent));
    }
    outbox.takeAll().forEach(sending -> fail(sending, unsent));
  }

  FetchError unsent(String detail, @Nullable FetchError why) {
    return new ConnectionError(ConnectionError.Kind.RESET, detail, facts.apply(false), why);
  }

  private void fail(Sending sending, FetchError error) {
    changes.then(() -> home.complete(() -> sending.completeExceptionally(error)));
  }
}
