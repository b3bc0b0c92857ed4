package dev.fetchwell.examples.schedule;

import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.schedule.CronSchedule;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.schedule.Journal.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the Scheduler's demo promises about its runs. */
public final class SchedulerClaims {

  private final Report report;
  private final Duration period;
  private final Duration delay;
  private final CronSchedule cron;

  /** Claims about these schedules. */
  public SchedulerClaims(Report report, Duration period, Duration delay, String cron) {
    this.report = report;
    this.period = period;
    this.delay = delay;
    this.cron = new CronSchedule(cron);
  }

  /** About rhythm, overlap and failures. */
  public void ofRuns(Journal journal) {
    List<Run> health = journal.runs("health");
    Instant first = health.get(0).due();
    report.claim(
        "fixed rate: " + health.size() + " checks, each due at a whole number of periods",
        health.size() > 3 && health.stream().allMatch(run -> isWhole(first, run.due())));
    List<Run> warm = journal.runs("warm");
    report.claim(
        "fixed delay: " + warm.size() + " warmings, each so long after the end of the one before",
        warm.size() > 3 && areApart(warm));
    List<Run> reports = journal.runs("report");
    report.claim(
        "cron: " + reports.size() + " reports, each due when the expression says",
        !reports.isEmpty() && reports.stream().allMatch(run -> isCron(run.due())));
    report.claim(
        "no run overlapped the one before, though some took longer than a period: "
            + byRunner(health),
        journal.mostAtOnce() == 1
            && health.stream()
                .anyMatch(
                    run -> Duration.between(run.started(), run.ended()).compareTo(period) > 0));
    int failure = 0;
    while (failure < health.size() && health.get(failure).ok()) {
      failure++;
    }
    report.claim("a check that fails is not the last one", failure < health.size() - 1);
  }

  private boolean isWhole(Instant first, Instant due) {
    long millis = Math.round(Duration.between(first, due).toNanos() / 1e6);
    return millis % period.toMillis() == 0;
  }

  private boolean areApart(List<Run> runs) {
    for (int i = 1; i < runs.size(); i++) {
      if (runs.get(i - 1).ended().plus(delay).isAfter(runs.get(i).started())) {
        return false;
      }
    }
    return true;
  }

  private boolean isCron(Instant due) {
    ExecutionComplete before = ExecutionComplete.simulatedSuccess(due.minusMillis(1));
    return cron.getNextExecutionTime(before).equals(due);
  }

  private static Map<String, Long> byRunner(List<Run> runs) {
    return runs.stream()
        .collect(Collectors.groupingBy(Run::runner, TreeMap::new, Collectors.counting()));
  }

  /** About a stop in the middle of a check, directly after it. */
  public void ofStop(Journal journal) {
    report.claim(
        "the stop waited for the check that ran",
        journal.running("health") + journal.running("warm") + journal.running("report") == 0);
  }

  /** About the time without a runner. */
  public void ofSilence(Journal journal, Instant stopped) {
    report.claim(
        "and nothing ran after it",
        journal.runs("health").stream().noneMatch(run -> run.ended().isAfter(stopped)));
  }

  /** About what a runner does that comes later. */
  public void ofMissedRuns(Journal later, Instant started) {
    List<Run> health = later.runs("health");
    long late = health.stream().filter(run -> run.due().isBefore(started)).count();
    Instant due = health.isEmpty() ? started : health.get(0).due();
    long missed = 1 + Duration.between(due, started).dividedBy(period);
    report.claim(
        "checks that were missed meanwhile: " + missed + "; made up for: " + late,
        missed > 2 && late == 1);
    List<Run> reports = later.runs("report");
    report.claim(
        "a report that was missed is made up for once, too",
        reports.stream().filter(run -> run.due().isBefore(started)).count() == 1);
    report.claim(
        "then the rhythm goes on where it was",
        health.size() > 2 && health.stream().allMatch(run -> isWhole(due, run.due())));
  }
}
