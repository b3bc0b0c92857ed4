package dev.fetchwell.examples.schedule;

import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import java.time.Instant;

/**
 * Work that is done again and again, never twice at the same time.
 *
 * @param name unique
 * @param schedule when
 * @param work what; may block. If it fails, the next run comes as if it had not
 */
public record Recurring(String name, Schedule schedule, Work work) {

  /** Some work. */
  @FunctionalInterface
  public interface Work {
    /** Does it; {@code due} is when it should have begun. */
    void run(Instant due);
  }
}
