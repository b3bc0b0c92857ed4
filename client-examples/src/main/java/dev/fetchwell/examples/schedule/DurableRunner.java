package dev.fetchwell.examples.schedule;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.fetchwell.examples.postgres.Database;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** On db-scheduler: one table, whose rows are taken with SKIP LOCKED and kept by heartbeats. */
final class DurableRunner implements Runner {

  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS scheduled_tasks (
        task_name text NOT NULL, task_instance text NOT NULL, task_data bytea,
        execution_time timestamptz NOT NULL, picked boolean NOT NULL, picked_by text,
        last_success timestamptz, last_failure timestamptz, consecutive_failures int,
        last_heartbeat timestamptz, version bigint NOT NULL, priority smallint,
        PRIMARY KEY (task_name, task_instance));
      CREATE INDEX IF NOT EXISTS scheduled_tasks_due ON scheduled_tasks (execution_time);
      CREATE INDEX IF NOT EXISTS scheduled_tasks_heartbeat ON scheduled_tasks (last_heartbeat);
      """;

  private final Scheduler scheduler;

  private DurableRunner(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  static Runner start(Database database, String name, List<Recurring> tasks) throws SQLException {
    // One at a time: PostgreSQL may else refuse the second of two who create the same table.
    database.execute("BEGIN; SELECT pg_advisory_xact_lock(20261123); " + TABLE + " COMMIT");
    List<RecurringTask<Void>> known = tasks.stream().map(DurableRunner::task).toList();
    Scheduler scheduler =
        Scheduler.create(database.source())
            .startTasks(known)
            .schedulerName(new SchedulerName.Fixed(name))
            .threads(known.size())
            .pollUsingLockAndFetch(0.5, 1.0)
            .pollingInterval(POLL)
            .heartbeatInterval(HEARTBEAT)
            .missedHeartbeatsLimit(4)
            .shutdownMaxWait(PATIENCE)
            .build();
    scheduler.start();
    return new DurableRunner(scheduler);
  }

  private static RecurringTask<Void> task(Recurring each) {
    return Tasks.recurring(each.name(), each.schedule())
        .execute((instance, context) -> each.work().run(context.getExecution().getExecutionTime()));
  }

  @Override
  public void stop() {
    scheduler.stop();
  }
}
