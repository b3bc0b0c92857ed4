package dev.fetchwell.batch;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.CallerFuture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that belong to one block of code: they run side by side, the first failure cancels the
 * others, and none outlives the block.
 *
 * <pre>{@code
 * try (TaskGroup group = TaskGroup.open()) {
 *   CompletableFuture<User> user = group.fork(() -> client.getJson("/user", User.class));
 *   CompletableFuture<Orders> orders = group.fork(() -> client.getJson("/orders", Orders.class));
 *   group.join();
 *   return new Page(user.join(), orders.join());
 * }
 * }</pre>
 *
 * <p>Groups nest. {@link #join} and {@link #close} block and so belong on the caller's own, or a
 * virtual, thread. What a task's future does not stop when cancelled (such as the rest of a {@code
 * supplyAsync}) cannot be awaited.
 */
public final class TaskGroup implements AutoCloseable {

  private static final String UNJOINED =
      "cancelled the tasks that still ran (expected: join() in the try block, before the results are used)";

  private enum State {
    OPEN,
    FAILED,
    CLOSED
  }

  /** Guards the fields below; nothing is completed, and no task called, under it. */
  private final Object lock = new Object();

  private final List<CompletableFuture<?>> tasks = new ArrayList<>();
  private State state = State.OPEN;
  private boolean joined;
  private @Nullable FetchError failure;

  private TaskGroup() {}

  /** Opens a group; use it in a {@code try} block that closes it. */
  public static TaskGroup open() {
    return new TaskGroup();
  }

  /**
   * Starts a task. The supplier runs on the caller's thread and must not block.
   *
   * @return the task's result; cancelling it cancels the task, which does not fail the group. After
   *     a failure of the group a cancelled future, and the supplier is not called. What the
   *     supplier throws, or that it returns null, is the task's failure
   * @throws IllegalStateException after {@link #join} or {@link #close}
   */
  public <T> CompletableFuture<T> fork(Supplier<? extends CompletableFuture<T>> task) {
    Objects.requireNonNull(task, "task");
    CallFuture<T> future = new CallerFuture<>();
    synchronized (lock) {
      if (joined || state == State.CLOSED) {
        throw new IllegalStateException("fork() after join() or close() (open another group)");
      }
      if (state == State.FAILED) {
        future.cancel(false);
        return future;
      }
      tasks.add(future);
    }
    future.follow(begin(task), value -> succeeded(future, value), thrown -> failed(future, thrown));
    return future;
  }

  private static <T> CompletableFuture<T> begin(Supplier<? extends CompletableFuture<T>> task) {
    try {
      CompletableFuture<T> begun = task.get();
      return begun == null
          ? CompletableFuture.failedFuture(new NullPointerException("the task returned null"))
          : begun;
    } catch (Throwable thrown) {
      // Not thrown on, as the task is in the list that join() waits for.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  private static <T> void succeeded(CallFuture<T> task, T value) {
    if (!task.complete(value) && value instanceof AutoCloseable late) {
      // It came at the moment of a cancel, and nobody else can give back what it holds.
      UnclaimedValues.closeNow(late);
    }
  }

  private void failed(CallFuture<?> task, Throwable thrown) {
    if (task.isEnding()) {
      // Cancelled through its own future, by the caller or by this group.
      return;
    }
    FetchError error = UnexpectedError.wrap(thrown);
    // Noted before the task's future ends, for join() may wait for nothing but that.
    for (CompletableFuture<?> other : note(error)) {
      if (other != task) {
        other.cancel(false);
      }
    }
    task.completeExceptionally(error);
  }

  /** Which tasks to cancel, if it is the first failure. */
  private List<CompletableFuture<?>> note(FetchError error) {
    synchronized (lock) {
      if (failure == null) {
        failure = error;
        state = state == State.OPEN ? State.FAILED : state;
        return lastFirst(tasks);
      }
      if (failure != error) {
        failure.addSuppressed(error);
      }
      return List.of();
    }
  }

  /**
   * Waits until all tasks have ended. Call it once, before the results are used.
   *
   * @throws FetchError the first failure, with later ones suppressed on it; any other throwable
   *     comes as an {@code UnexpectedError}
   * @throws CancellationException if the thread is interrupted: all tasks are cancelled then, and
   *     the thread stays interrupted
   * @throws IllegalStateException if called twice, or after {@link #close}
   */
  public void join() {
    List<CompletableFuture<?>> all;
    synchronized (lock) {
      if (joined || state == State.CLOSED) {
        throw new IllegalStateException(
            joined
                ? "join() was called before (call it once, before the results are used)"
                : "join() after close(), which " + UNJOINED);
      }
      joined = true;
      all = new ArrayList<>(tasks);
    }
    try {
      await(all);
    } catch (InterruptedException interrupted) {
      lastFirst(all).forEach(task -> task.cancel(false));
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted in join(); the tasks were cancelled");
    }
    synchronized (lock) {
      if (failure != null) {
        throw failure;
      }
    }
  }

  /** A call that waits for a permit must not get that of one that is cancelled before it. */
  private static List<CompletableFuture<?>> lastFirst(List<CompletableFuture<?>> tasks) {
    List<CompletableFuture<?>> reversed = new ArrayList<>(tasks);
    Collections.reverse(reversed);
    return reversed;
  }

  private static void await(List<CompletableFuture<?>> all) throws InterruptedException {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get();
    } catch (ExecutionException | CancellationException told) {
      // Each failure was noted when its task ended.
      return;
    }
  }

  /** Cancels what still runs and waits until it has ended; idempotent, also when interrupted. */
  @Override
  public void close() {
    List<CompletableFuture<?>> all;
    boolean unjoined;
    synchronized (lock) {
      unjoined = !joined && state == State.OPEN;
      state = State.CLOSED;
      all = lastFirst(tasks);
    }
    // A cancelled call has given back all it held when this returns.
    all.forEach(task -> cancel(task, unjoined));
  }

  private static void cancel(CompletableFuture<?> task, boolean unjoined) {
    if (unjoined && !task.isDone()) {
      task.completeExceptionally(
          new CancellationException("close() came before join(), and " + UNJOINED));
    } else {
      task.cancel(false);
    }
  }
}
