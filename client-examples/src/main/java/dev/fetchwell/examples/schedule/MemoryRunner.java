package dev.fetchwell.examples.schedule;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** On a thread pool: a task's next run is scheduled when the one before has ended. */
final class MemoryRunner implements Runner {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell.examples");

  private final ScheduledThreadPoolExecutor threads;

  MemoryRunner(List<Recurring> tasks) {
    threads = new ScheduledThreadPoolExecutor(tasks.size());
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    Instant now = Instant.now();
    tasks.forEach(task -> schedule(task, task.schedule().getInitialExecutionTime(now)));
  }

  private void schedule(Recurring task, Instant due) {
    long nanos = Duration.between(Instant.now(), due).toNanos();
    try {
      var unused = threads.schedule(() -> run(task, due), nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      // There is no next run.
    }
  }

  private void run(Recurring task, Instant due) {
    Instant started = Instant.now();
    Execution run = new Execution(due, new TaskInstance<Void>(task.name(), "recurring"));
    try {
      task.work().run(due);
      schedule(task, next(task, ExecutionComplete.success(run, started, Instant.now())));
    } catch (RuntimeException failed) {
      LOG.log(System.Logger.Level.DEBUG, task.name() + " failed", failed);
      schedule(task, next(task, ExecutionComplete.failure(run, started, Instant.now(), failed)));
    }
  }

  private static Instant next(Recurring task, ExecutionComplete run) {
    return task.schedule().getNextExecutionTime(run);
  }

  @Override
  public void stop() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
