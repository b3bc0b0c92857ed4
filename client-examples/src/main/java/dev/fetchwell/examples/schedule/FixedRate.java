package dev.fetchwell.examples.schedule;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.schedule.Schedule;
import java.time.Duration;
import java.time.Instant;

/**
 * Due again and again in the same rhythm, however long the runs take. What was missed, because a
 * run was long or nobody was there, is made up for once, and then the rhythm goes on.
 *
 * @param period from one run's due time to the next one's
 */
public record FixedRate(Duration period) implements Schedule {

  @Override
  public Instant getInitialExecutionTime(Instant now) {
    return now;
  }

  @Override
  public Instant getNextExecutionTime(ExecutionComplete run) {
    Instant due = run.getExecution().getExecutionTime();
    long late = Math.max(0, Duration.between(due, run.getTimeDone()).dividedBy(period));
    return due.plus(period.multipliedBy(late + 1));
  }

  @Override
  public boolean isDeterministic() {
    return false;
  }
}
