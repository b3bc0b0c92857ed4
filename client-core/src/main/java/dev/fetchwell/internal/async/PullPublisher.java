package dev.fetchwell.internal.async;

import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pulls as a publisher: it pulls, on a thread of the executor, only while there is demand; so a
 * slow subscriber slows the source down and nothing piles up in between.
 *
 * <p>At most one pulling task exists at a time: the one that raised the demand from zero. It alone
 * signals the subscriber, which may therefore block.
 *
 * @param <T> the values' type
 */
public final class PullPublisher<T> implements Flow.Publisher<T> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final Supplier<Pull<T>> source;
  private final Function<Throwable, ? extends Throwable> failure;
  private final Executor executor;

  /**
   * A publisher that makes a pull for each subscriber.
   *
   * @param source what it throws becomes that subscriber's error, as it is
   * @param failure makes what a subscriber gets of what a pull threw
   */
  public PullPublisher(
      Supplier<Pull<T>> source,
      Function<Throwable, ? extends Throwable> failure,
      Executor executor) {
    this.source = source;
    this.failure = failure;
    this.executor = executor;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super T> subscriber) {
    if (subscriber == null) {
      throw new NullPointerException("subscriber");
    }
    Pull<T> pull;
    try {
      pull = source.get();
    } catch (Throwable refused) {
      Guard.run(
          () -> {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(refused);
          });
      return;
    }
    Pulling pulling = new Pulling(pull, subscriber);
    try {
      subscriber.onSubscribe(pulling);
    } catch (Throwable thrown) {
      // Reactive Streams, rule 2.13: it counts as cancelled and gets no further signal.
      pulling.cancel();
      Guard.report(thrown);
      return;
    }
    pulling.ready();
  }

  private static final class Nothing implements Flow.Subscription {

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private final class Pulling implements Flow.Subscription {

    private final Pull<T> pull;
    private final AtomicBoolean stopped = new AtomicBoolean();

    /** Plus one until {@code onSubscribe} has returned. */
    private final Demand demand = new Demand(1);

    /** Dropped when it ends, as a cancelled subscription must not keep its subscriber. */
    private volatile Flow.@Nullable Subscriber<? super T> subscriber;

    private Pulling(Pull<T> pull, Flow.Subscriber<? super T> subscriber) {
      this.pull = pull;
      this.subscriber = subscriber;
    }

    private void ready() {
      if (demand.met(1) > 0) {
        begin();
      }
    }

    @Override
    public void request(long n) {
      long before = demand.add(n);
      if (demand.misuse() != null) {
        pull.cancel();
      }
      if (before == 0 && !stopped.get()) {
        begin();
      }
    }

    @Override
    public void cancel() {
      if (stop()) {
        pull.cancel();
      }
    }

    private boolean stop() {
      subscriber = null;
      return stopped.compareAndSet(false, true);
    }

    private void begin() {
      try {
        executor.execute(this::run);
      } catch (Throwable noThread) {
        fail(noThread);
      }
    }

    private void run() {
      long wanted = demand.open();
      while (wanted > 0) {
        long signalled = 0;
        while (signalled < wanted && !stopped.get()) {
          Flow.Subscriber<? super T> target = subscriber;
          if (target == null || !signalNext(target)) {
            return;
          }
          signalled++;
        }
        if (stopped.get()) {
          return;
        }
        wanted = demand.met(signalled);
      }
    }

    /** Whether to go on. */
    private boolean signalNext(Flow.Subscriber<? super T> target) {
      T value;
      try {
        value = demand.misuse() == null ? pull.next() : null;
        // It may have come meanwhile, and made the pull end by cancelling it.
        IllegalArgumentException illegal = demand.misuse();
        if (illegal != null) {
          throw illegal;
        }
      } catch (Throwable thrown) {
        // Checked ones, too: other languages throw them from the functions behind a pull.
        fail(thrown);
        return false;
      }
      if (value == null) {
        if (stop()) {
          signal(target, Flow.Subscriber::onComplete);
        }
        return false;
      }
      T next = value;
      return signal(target, to -> to.onNext(next));
    }

    private void fail(Throwable thrown) {
      Flow.Subscriber<? super T> target = subscriber;
      IllegalArgumentException illegal = demand.misuse();
      if (stop() && target != null) {
        pull.cancel();
        Throwable told = illegal == null ? failure.apply(thrown) : illegal;
        signal(target, to -> to.onError(told));
      }
    }

    private boolean signal(
        Flow.Subscriber<? super T> target, Consumer<Flow.Subscriber<? super T>> signal) {
      try {
        signal.accept(target);
        return true;
      } catch (Throwable thrown) {
        // Reactive Streams, rule 2.13: it counts as cancelled and gets no further signal.
        LOG.log(System.Logger.Level.WARNING, "a subscriber threw", thrown);
        cancel();
        return false;
      }
    }
  }
}
