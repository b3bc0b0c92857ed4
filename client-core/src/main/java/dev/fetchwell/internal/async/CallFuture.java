package dev.fetchwell.internal.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future with one way to end. Whoever ends it first, by value, error, time or cancel, makes it
 * give up what is behind it and only then completes it, in a {@code finally}: so a dependent that
 * blocks holds nothing back, and nothing that is thrown keeps it from completing.
 *
 * <p>What is behind it is set by {@link #run}, {@link #follow} and {@link #after}, which make the
 * order right: it is registered before it starts, so neither a cancel nor what it leads to can be
 * overtaken. Each takes the place of the one before, which has ended by then.
 *
 * <p>Whoever gives up what another thread is just ending does not wait for that: a deadline must
 * hold also if that thread never returns. So nothing but a deadline may come due at a deadline.
 *
 * <p>A {@link Cancellable} value that comes too late is cancelled.
 *
 * @param <T> the value's type
 */
public class CallFuture<T extends @Nullable Object> extends Dependable<T> implements Cancellable {

  @SuppressWarnings("UnnecessaryLambda") // Its identity is what counts.
  private static final Cancellable ENDED = () -> {};

  private static final Object TOLD = new Object();

  private static final VarHandle BEHIND = field("behind", Cancellable.class);
  private static final VarHandle LIMIT = field("limit", Cancellable.class);
  private static final VarHandle FOLLOWER = field("follower", Object.class);

  /** What to give up; set to {@code ENDED} by the one who ends this. Written by any thread. */
  private volatile @Nullable Cancellable behind;

  /** The time limit, which is given up too; {@code ENDED} likewise. Written by any thread. */
  private volatile @Nullable Cancellable limit;

  /** The {@link Following} that is told of the end; {@code TOLD} once this is complete. */
  @SuppressWarnings("UnusedVariable") // Its handle reads it.
  private volatile @Nullable Object follower;

  /** A future with nothing behind it. */
  public CallFuture() {}

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(CallFuture.class, name, type);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** The throwable in a {@code CompletionException} or {@code ExecutionException}. */
  public static Throwable unwrap(Throwable thrown) {
    Throwable inner = thrown;
    while (inner instanceof CompletionException || inner instanceof ExecutionException) {
      Throwable cause = inner.getCause();
      if (cause == null) {
        return inner;
      }
      inner = cause;
    }
    return inner;
  }

  /**
   * Registers what is to be given up when this ends, and starts it then. If this has ended, it is
   * given up and not started. What {@code start} throws ends this.
   */
  public final <C extends Cancellable> void run(C child, Consumer<? super C> start) {
    if (!holds(child)) {
      return;
    }
    try {
      start.accept(child);
    } catch (Throwable thrown) {
      completeExceptionally(thrown);
    }
  }

  /**
   * Registers another future as what is behind this, and goes on with its end: exactly one of the
   * functions is called, once, also after this has ended. What they throw ends this.
   *
   * @param failed gets the throwable without the JDK's wrappers
   */
  public final <I extends @Nullable Object> void follow(
      CompletableFuture<I> inner,
      Consumer<? super I> succeeded,
      Consumer<? super Throwable> failed) {
    follow(inner, canceller(inner), succeeded, failed);
  }

  /**
   * As above, where the other future is not to be cancelled on whatever thread ends this.
   *
   * @param giveUp cancels it
   */
  public final <I extends @Nullable Object> void follow(
      CompletableFuture<I> inner,
      Cancellable giveUp,
      Consumer<? super I> succeeded,
      Consumer<? super Throwable> failed) {
    boolean unused = holds(giveUp);
    link(inner, new FollowingSteps<>(this, succeeded, failed));
  }

  /**
   * As above, where what goes on is one object.
   *
   * @param following this future itself, or one that ends it
   */
  public final <I extends @Nullable Object> void follow(
      CompletableFuture<I> inner, Following<? super I> following) {
    boolean unused = holds(canceller(inner));
    link(inner, following);
  }

  private static Cancellable canceller(CompletableFuture<?> inner) {
    return inner instanceof Cancellable known ? known : () -> inner.cancel(false);
  }

  /** Ends as the other future does. */
  public final void follow(CompletableFuture<? extends T> inner) {
    follow(inner, new FollowingAlike<>(this));
  }

  /** Goes on after a delay, on a call thread. What {@code next} throws ends this. */
  public final void after(Delay delay, Runnable next) {
    follow(delay, done -> next.run(), this::completeExceptionally);
    delay.arm();
  }

  /** Drops the time limit: what it limited is over. */
  protected final void unlimited() {
    Cancellable now = limit;
    if (now != null && now != ENDED && LIMIT.compareAndSet(this, now, null)) {
      Guard.cancel(now);
    }
  }

  /** Registers a time limit beside what is behind this, and starts it then. There can be one. */
  final void limitedBy(Alarm alarm) {
    if (!LIMIT.compareAndSet(this, null, alarm)) {
      return;
    }
    try {
      alarm.arm();
    } catch (Throwable noThread) {
      completeExceptionally(noThread);
    }
  }

  /**
   * Registers what is to be given up when this ends, in place of what was registered before.
   *
   * @return false if this has ended; it is given up then
   */
  public final boolean holds(Cancellable child) {
    Cancellable now = behind;
    while (now != ENDED) {
      if (BEHIND.compareAndSet(this, now, child)) {
        return true;
      }
      now = behind;
    }
    Guard.cancel(child);
    return false;
  }

  /** Whether this has ended or is about to. */
  public final boolean isEnding() {
    return behind == ENDED;
  }

  @Override
  public boolean complete(T value) {
    Cancellable left = claim();
    if (left == ENDED) {
      cancelLate(value);
      return false;
    }
    try {
      giveUp(left);
    } finally {
      succeed(value);
    }
    return true;
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    Objects.requireNonNull(thrown, "thrown");
    Cancellable left = claim();
    if (left == ENDED) {
      return false;
    }
    try {
      giveUp(left);
    } finally {
      fail(thrown);
    }
    return true;
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    // Nearly always this has ended, and an exception is dear.
    boolean ends = !isEnding() && completeExceptionally(new CancellationException());
    return ends || isCancelled();
  }

  @Override
  final void dependentGivenUp(List<Runnable> thereafter) {
    boolean followed = FOLLOWER.getVolatile(this) != null;
    if (isEnding() || followed || isWanted()) {
      return;
    }
    Cancellable left = claim();
    if (left == ENDED) {
      return;
    }
    thereafter.add(
        () -> {
          finishDependents();
          fail(new CancellationException());
        });
    giveUp(left);
  }

  @Override
  public final void cancel() {
    cancel(false);
  }

  /**
   * Ends with an error: gives up on this thread, and completes where the executor says. For timers,
   * whose threads must not run dependents.
   */
  final void expire(Supplier<? extends Throwable> error, Executor continuations) {
    Cancellable left = claim();
    if (left == ENDED) {
      return;
    }
    try {
      giveUp(left);
    } finally {
      // Only now: until it was given up, the request may still have been sent.
      failOn(continuations, errorOf(error));
    }
  }

  /** Ends with an error that is made after everything was given up, and so knows all. */
  protected final void completeExceptionally(Supplier<? extends Throwable> error) {
    expire(error, Runnable::run);
  }

  private static Throwable errorOf(Supplier<? extends Throwable> error) {
    try {
      return error.get();
    } catch (Throwable instead) {
      return instead;
    }
  }

  private void failOn(Executor continuations, Throwable thrown) {
    try {
      continuations.execute(() -> fail(thrown));
    } catch (Throwable noThread) {
      // A future that never ends would be worse than a dependent on this thread.
      fail(thrown);
    }
  }

  /** The JDK's would set the value past {@link #complete}. */
  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(
        () -> {
          try {
            complete(supplier.get());
          } catch (Throwable thrown) {
            completeExceptionally(thrown);
          }
        });
    return this;
  }

  /** What was behind this, for the one who ends it; {@code ENDED} for all others. */
  private @Nullable Cancellable claim() {
    return (Cancellable) BEHIND.getAndSet(this, ENDED);
  }

  private void giveUp(@Nullable Cancellable left) {
    Cancellable time = (Cancellable) LIMIT.getAndSet(this, ENDED);
    if (time != null) {
      Guard.cancel(time);
    }
    if (left != null) {
      Guard.cancel(left);
    }
    try {
      givenUp();
    } catch (Throwable thrown) {
      Guard.report(thrown);
    }
  }

  /**
   * Runs once, when this has ended and what was behind it is given up, and before it completes: for
   * what a subclass itself holds. On a timer's thread if time ended it.
   */
  protected void givenUp() {}

  private void succeed(T value) {
    try {
      super.complete(value);
    } finally {
      tell(value, null);
    }
  }

  private void fail(Throwable thrown) {
    try {
      super.completeExceptionally(thrown);
    } finally {
      tell(null, thrown);
    }
  }

  @SuppressWarnings("unchecked") // Only what follows this future is there.
  private void tell(@Nullable T value, @Nullable Throwable thrown) {
    Object last = FOLLOWER.getAndSet(this, TOLD);
    if (last != null) {
      tell((Following<? super T>) last, value, thrown);
    }
  }

  /** Calls exactly one of its functions; what that throws ends what follows. */
  @SuppressWarnings("NullAway") // A value may be null only where I allows it.
  private static <I extends @Nullable Object> void tell(
      Following<? super I> following, @Nullable I value, @Nullable Throwable thrown) {
    try {
      if (thrown == null) {
        following.succeeded(value);
      } else {
        following.failed(unwrap(thrown));
      }
    } catch (Throwable fromFollowing) {
      cancelLate(value);
      following.completeExceptionally(fromFollowing);
    }
  }

  /**
   * In the future's own field where there is one: no node for each link, nor for what is here
   * already, such as an answer that was quicker than the way back to this stage.
   */
  private static <I extends @Nullable Object> void link(
      CompletableFuture<I> inner, Following<? super I> following) {
    if (inner instanceof CallFuture<I> known) {
      if (FOLLOWER.compareAndSet(known, null, following)) {
        return;
      }
      if (known.isDone() && !known.isCompletedExceptionally()) {
        tell(following, known.getNow(null), null);
        return;
      }
    }
    var unused = inner.whenComplete((value, thrown) -> tell(following, value, thrown));
  }

  private static void cancelLate(@Nullable Object value) {
    if (value instanceof Cancellable late) {
      Guard.cancel(late);
    }
  }
}
