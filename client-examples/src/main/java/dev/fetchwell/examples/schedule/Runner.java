package dev.fetchwell.examples.schedule;

import dev.fetchwell.examples.postgres.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Does recurring work from the moment when it is made. */
public interface Runner {

  /**
   * Remembers in the database what is due when. Any number of runners, in any processes, may share
   * it: each run is done by one of them. If a process dies in a run, another one repeats it.
   *
   * @param name of this runner, unique
   */
  static Runner durable(Database database, String name, List<Recurring> tasks) throws SQLException {
    return DurableRunner.start(database, name, tasks);
  }

  /** Remembers in memory what is due when. */
  static Runner inMemory(List<Recurring> tasks) {
    return new MemoryRunner(tasks);
  }

  /** How long {@link #stop} waits. */
  Duration PATIENCE = Duration.ofSeconds(10);

  /** Begins no further run, and waits for those that have begun; in the end it interrupts them. */
  void stop();
}
