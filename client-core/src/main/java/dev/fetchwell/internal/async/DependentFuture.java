package dev.fetchwell.internal.async;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a caller made of a call's future, such as by {@code thenApply}, at any depth. Ended from
 * outside, by cancel, timeout or a value, it gives up what it was made of, unless somebody else
 * still wants that; only then it completes.
 *
 * @param <T> the value's type
 */
final class DependentFuture<T extends @Nullable Object> extends Dependable<T> {

  private static final VarHandle ENDING;

  static {
    try {
      ENDING =
          MethodHandles.lookup()
              .findVarHandle(DependentFuture.class, "ending", DependentFuture.Ending.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final WeakReference<Dependable<?>> source;

  /** The other future that this combines with, or what a function gave to go on with. */
  private volatile @Nullable WeakReference<Dependable<?>> other;

  /** How this ends from outside; set once, before the sources look at it. */
  private volatile @Nullable Ending ending;

  /** What whoever comes first runs: who ends this, or who ends its source at the same moment. */
  private final class Ending {

    private final BooleanSupplier completion;
    private volatile boolean completed;

    private Ending(BooleanSupplier completion) {
      this.completion = completion;
    }

    private boolean run() {
      finishDependents();
      if (completion.getAsBoolean()) {
        completed = true;
      }
      return completed;
    }
  }

  DependentFuture(Dependable<?> source) {
    this.source = new WeakReference<>(source);
  }

  boolean isGivenUp() {
    return ending != null;
  }

  /** Marks a dependent that wants nothing; before anybody else sees it. */
  void doesNotCount() {
    ending = new Ending(this::isDone);
  }

  /**
   * Completes as whoever gave this up says; for the one who ends the source, which would complete
   * this in its own way.
   */
  void finish() {
    Ending known = ending;
    if (known != null) {
      Guard.run(known::run);
    }
  }

  /** This waits for another future, too. */
  void alsoOf(CompletionStage<?> stage) {
    if (!(stage instanceof Dependable<?> known) || !known.endsWithItsDependents()) {
      return;
    }
    known.register(this);
    other = new WeakReference<>(known);
    if (isGivenUp()) {
      List<Runnable> thereafter = new ArrayList<>();
      known.dependentGivenUp(thereafter);
      thereafter.forEach(Guard::run);
    }
  }

  @Override
  boolean endsWithItsDependents() {
    return true;
  }

  @Override
  void dependentGivenUp(List<Runnable> thereafter) {
    if (isDone() || isWanted()) {
      return;
    }
    Ending mine = new Ending(() -> super.cancel(false));
    if (ENDING.compareAndSet(this, null, mine)) {
      thereafter.add(mine::run);
      tellSources(thereafter);
    }
  }

  private void tellSources(List<Runnable> thereafter) {
    tell(source, thereafter);
    tell(other, thereafter);
  }

  private static void tell(
      @Nullable WeakReference<Dependable<?>> reference, List<Runnable> thereafter) {
    Dependable<?> known = reference == null ? null : reference.get();
    if (known != null && !known.isDone()) {
      known.dependentGivenUp(thereafter);
    }
  }

  private boolean end(BooleanSupplier completion) {
    Ending mine = new Ending(completion);
    if (isDone() || !ENDING.compareAndSet(this, null, mine)) {
      return completion.getAsBoolean();
    }
    List<Runnable> thereafter = new ArrayList<>();
    try {
      tellSources(thereafter);
    } catch (Throwable thrown) {
      Guard.report(thrown);
    }
    try {
      return mine.run();
    } finally {
      thereafter.forEach(Guard::run);
    }
  }

  @Override
  public boolean cancel(boolean mayInterrupt) {
    return end(() -> super.cancel(mayInterrupt));
  }

  @Override
  public boolean complete(T value) {
    return end(() -> super.complete(value));
  }

  @Override
  public boolean completeExceptionally(Throwable thrown) {
    Objects.requireNonNull(thrown, "thrown");
    return end(() -> super.completeExceptionally(thrown));
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
}
