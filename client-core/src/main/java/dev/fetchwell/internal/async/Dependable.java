package dev.fetchwell.internal.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future that can know its dependents, so that it is given up when the last one is: those that
 * its own methods made, and those of another future that combine or compose with it.
 *
 * <p>It is wanted while a dependent is live that was not given up, and while anything else of the
 * JDK's waits for it: a thread in {@code get} or {@code join}, {@code allOf}. Dependents are known
 * weakly, and know this weakly; what is live is held by what it waits for.
 *
 * @param <T> the value's type
 */
class Dependable<T extends @Nullable Object> extends CompletableFuture<T> {

  /** Whether this thread makes a dependent that only watches a time limit. */
  private static final ThreadLocal<@Nullable Boolean> WATCHING = new ThreadLocal<>();

  /**
   * How many threads do: to ask a thread-local costs each call's virtual thread a table of them.
   */
  private static final AtomicInteger WATCHERS = new AtomicInteger();

  private static final VarHandle NEWEST;

  static {
    try {
      NEWEST = MethodHandles.lookup().findVarHandle(Dependable.class, "newest", Link.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** A list of the dependents that were made while this had not ended. Written by any thread. */
  private volatile @Nullable Link newest;

  Dependable() {}

  private static final class Link extends WeakReference<DependentFuture<?>> {

    private @Nullable Link next;

    private Link(DependentFuture<?> dependent) {
      super(dependent);
    }
  }

  /** Whether this is for callers, and so ends with its last dependent. */
  boolean endsWithItsDependents() {
    return false;
  }

  /**
   * Gives up what is behind this if nobody wants it any longer; adds to the list what is to run
   * once the dependent that was given up has completed.
   */
  void dependentGivenUp(List<Runnable> thereafter) {}

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    if (!endsWithItsDependents()) {
      return new CompletableFuture<>();
    }
    DependentFuture<U> dependent = new DependentFuture<>(this);
    if (WATCHERS.get() > 0 && WATCHING.get() != null) {
      dependent.doesNotCount();
    }
    register(dependent);
    return dependent;
  }

  final void register(DependentFuture<?> dependent) {
    if (isDone()) {
      return;
    }
    Link link = new Link(dependent);
    Link head;
    do {
      head = newest;
      link.next = head;
    } while (!NEWEST.compareAndSet(this, head, link));
  }

  /** Whether somebody still wants this to go on. */
  final boolean isWanted() {
    int givenUp = 0;
    for (Link link = newest; link != null; link = link.next) {
      DependentFuture<?> dependent = link.get();
      if (dependent != null && dependent.isGivenUp()) {
        givenUp++;
      } else if (dependent != null && !dependent.isDone()) {
        return true;
      }
    }
    // Those that were given up are still among the JDK's; whoever else is, waits.
    return getNumberOfDependents() > givenUp;
  }

  /** Completes those that were given up as their callers said, before the end of this does. */
  final void finishDependents() {
    for (Link link = newest; link != null; link = link.next) {
      DependentFuture<?> dependent = link.get();
      if (dependent != null) {
        dependent.finish();
      }
    }
  }

  /** The JDK watches the end of this by a dependent that nobody can cancel. */
  @Override
  public CompletableFuture<T> orTimeout(long timeout, TimeUnit unit) {
    WATCHERS.incrementAndGet();
    WATCHING.set(true);
    try {
      return super.orTimeout(timeout, unit);
    } finally {
      WATCHING.remove();
      WATCHERS.decrementAndGet();
    }
  }

  @Override
  public CompletableFuture<T> completeOnTimeout(T value, long timeout, TimeUnit unit) {
    WATCHERS.incrementAndGet();
    WATCHING.set(true);
    try {
      return super.completeOnTimeout(value, timeout, unit);
    } finally {
      WATCHING.remove();
      WATCHERS.decrementAndGet();
    }
  }

  private static <U> CompletableFuture<U> with(
      CompletionStage<?> other, CompletableFuture<U> dependent) {
    if (dependent instanceof DependentFuture<U> known) {
      known.alsoOf(other);
    }
    return dependent;
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return with(other, super.thenCombine(other, function));
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> function) {
    return with(other, super.thenCombineAsync(other, function));
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombineAsync(
      CompletionStage<? extends U> other,
      BiFunction<? super T, ? super U, ? extends V> function,
      Executor executor) {
    return with(other, super.thenCombineAsync(other, function, executor));
  }

  @Override
  public <U> CompletableFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> function) {
    Composed<T, U> composed = new Composed<>(function);
    return composed.into(super.thenCompose(composed));
  }

  @Override
  public <U> CompletableFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function) {
    Composed<T, U> composed = new Composed<>(function);
    return composed.into(super.thenComposeAsync(composed));
  }

  @Override
  public <U> CompletableFuture<U> thenComposeAsync(
      Function<? super T, ? extends CompletionStage<U>> function, Executor executor) {
    Composed<T, U> composed = new Composed<>(function);
    return composed.into(super.thenComposeAsync(composed, executor));
  }

  @Override
  public CompletableFuture<T> exceptionallyCompose(
      Function<Throwable, ? extends CompletionStage<T>> function) {
    Composed<Throwable, T> composed = new Composed<>(function);
    return composed.into(super.exceptionallyCompose(composed));
  }

  /** Tells a dependent the stage that a function gave, which it waits for from then on. */
  private static final class Composed<A extends @Nullable Object, U>
      implements Function<A, CompletionStage<U>> {

    private final Function<? super A, ? extends CompletionStage<U>> function;
    private @Nullable CompletionStage<U> stage;
    private @Nullable DependentFuture<U> dependent;

    private Composed(Function<? super A, ? extends CompletionStage<U>> function) {
      this.function = Objects.requireNonNull(function, "function");
    }

    @Override
    public CompletionStage<U> apply(A value) {
      CompletionStage<U> given = function.apply(value);
      DependentFuture<U> known;
      synchronized (this) {
        stage = given;
        known = dependent;
      }
      if (known != null && given != null) {
        known.alsoOf(given);
      }
      return given;
    }

    private CompletableFuture<U> into(CompletableFuture<U> made) {
      CompletionStage<U> given;
      synchronized (this) {
        given = stage;
        dependent = made instanceof DependentFuture<U> known ? known : null;
      }
      return given == null || made.isDone() ? made : with(given, made);
    }
  }
}
