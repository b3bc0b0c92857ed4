package dev.fetchwell.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** Keeps tasks until a test runs them, on the test's own thread, to which it is confined. */
public final class ManualExecutor extends AbstractExecutorService {

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean rejecting;
  private boolean shutdown;

  /** An executor without tasks. */
  public ManualExecutor() {}

  @Override
  public void execute(Runnable task) {
    if (rejecting || shutdown) {
      throw new RejectedExecutionException("told to");
    }
    tasks.add(task);
  }

  /** Whether to reject from now on. */
  public void reject(boolean all) {
    rejecting = all;
  }

  /** Runs the oldest task. */
  public void runNext() {
    tasks.remove().run();
  }

  /** Runs tasks, also those that they add, until none is left. */
  public void runAll() {
    while (!tasks.isEmpty()) {
      runNext();
    }
  }

  /** How many tasks wait. */
  public int pending() {
    return tasks.size();
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> left = new ArrayList<>(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return isTerminated();
  }
}
