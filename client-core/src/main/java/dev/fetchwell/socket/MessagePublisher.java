package dev.fetchwell.socket;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Demand;
import dev.fetchwell.internal.async.Guard;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages as a publisher: a socket for each subscriber, which is read only as fast as that
 * asks. All signals come from the socket's inbox, and so one at a time.
 */
final class MessagePublisher implements Flow.Publisher<SocketMessage> {

  private final Function<Inbox.Target, SocketRun> sockets;

  MessagePublisher(Function<Inbox.Target, SocketRun> sockets) {
    this.sockets = sockets;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super SocketMessage> subscriber) {
    if (subscriber == null) {
      throw new NullPointerException("subscriber");
    }
    Messages messages = new Messages(subscriber);
    SocketRun socket = sockets.apply(messages);
    messages.socket = socket;
    try {
      subscriber.onSubscribe(messages);
    } catch (Throwable thrown) {
      // Reactive Streams, rule 2.13: it counts as cancelled and gets no further signal.
      messages.subscriber = null;
      Guard.report(thrown);
      return;
    }
    if (messages.subscriber != null) {
      socket.start();
    }
  }

  private static final class Messages implements Flow.Subscription, Inbox.Target {

    private final Demand demand = new Demand(0);
    private volatile @Nullable SocketRun socket;

    /** Dropped when it ends, as a cancelled subscription must not keep its subscriber. */
    private volatile Flow.@Nullable Subscriber<? super SocketMessage> subscriber;

    private Messages(Flow.Subscriber<? super SocketMessage> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      demand.add(n);
      SocketRun known = socket;
      if (known == null || subscriber == null) {
        return;
      }
      if (demand.misuse() == null) {
        known.deliver();
      } else {
        known.giveUp();
      }
    }

    @Override
    public void cancel() {
      subscriber = null;
      SocketRun known = socket;
      if (known != null) {
        known.giveUp();
      }
    }

    @Override
    public boolean isReady() {
      return demand.open() > 0 || subscriber == null;
    }

    @Override
    public void message(SocketMessage message) {
      Flow.Subscriber<? super SocketMessage> target = subscriber;
      if (target == null || demand.misuse() != null) {
        return;
      }
      long unused = demand.met(1);
      try {
        target.onNext(message);
      } catch (Throwable thrown) {
        cancel();
        Guard.report(thrown);
      }
    }

    @Override
    public void open() {}

    @Override
    public void state(SocketState state) {}

    @Override
    public void ended(@Nullable FetchError error) {
      Flow.Subscriber<? super SocketMessage> target = subscriber;
      subscriber = null;
      if (target == null) {
        return;
      }
      Throwable misuse = demand.misuse();
      Throwable told = misuse == null ? error : misuse;
      Guard.run(
          () -> {
            if (told == null) {
              target.onComplete();
            } else {
              target.onError(told);
            }
          });
    }
  }
}
