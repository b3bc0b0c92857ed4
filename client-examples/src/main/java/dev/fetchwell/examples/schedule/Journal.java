package dev.fetchwell.examples.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What ran when. Thread-safe. */
public final class Journal {

  private final List<Run> runs = new ArrayList<>();
  private final Map<String, Integer> running = new HashMap<>();
  private final Map<String, Integer> mostAtOnce = new HashMap<>();

  /**
   * A run that has ended.
   *
   * @param task whose
   * @param runner where
   * @param due when it should have begun
   * @param started when it began
   * @param ended when it ended
   * @param ok whether it succeeded
   */
  public record Run(
      String task, String runner, Instant due, Instant started, Instant ended, boolean ok) {}

  /** The same work, written down. */
  public Recurring.Work recorded(String task, String runner, Recurring.Work work) {
    return due -> {
      Instant started = Instant.now();
      begin(task);
      boolean ok = false;
      try {
        work.run(due);
        ok = true;
      } finally {
        end(new Run(task, runner, due, started, Instant.now(), ok));
      }
    };
  }

  private synchronized void begin(String task) {
    int now = running.merge(task, 1, Integer::sum);
    mostAtOnce.merge(task, now, Math::max);
  }

  private synchronized void end(Run run) {
    running.merge(run.task(), -1, Integer::sum);
    runs.add(run);
  }

  /** The runs of a task that have ended, in the order of their ends. */
  public synchronized List<Run> runs(String task) {
    return runs.stream().filter(run -> run.task().equals(task)).toList();
  }

  /** How many runs of a task there are at this moment. */
  public synchronized int running(String task) {
    return running.getOrDefault(task, 0);
  }

  /** The most runs of one task at the same moment. */
  public synchronized int mostAtOnce() {
    return mostAtOnce.values().stream().mapToInt(most -> most).max().orElse(0);
  }
}
