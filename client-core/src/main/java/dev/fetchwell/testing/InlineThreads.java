package dev.fetchwell.testing;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * Runs each task at once, on the thread that hands it over: a test then needs no waiting. Tasks
 * that hand over tasks nest, so that one of them may wait for what it started; beyond a depth they
 * are put off until the others have returned, so that the stack does not overflow.
 */
final class InlineThreads implements Executor {

  private static final int DEEPEST = 30;

  private final ThreadLocal<Nest> nests = ThreadLocal.withInitial(Nest::new);

  /** What one thread is in. */
  private static final class Nest {

    private int depth;
    private final Deque<Runnable> later = new ArrayDeque<>();
  }

  @Override
  public void execute(Runnable task) {
    Nest nest = nests.get();
    if (nest.depth >= DEEPEST) {
      nest.later.add(task);
      return;
    }
    run(task, nest);
    while (nest.depth == 0 && !nest.later.isEmpty()) {
      run(nest.later.remove(), nest);
    }
  }

  private static void run(Runnable task, Nest nest) {
    nest.depth++;
    try {
      task.run();
    } finally {
      nest.depth--;
    }
  }
}
