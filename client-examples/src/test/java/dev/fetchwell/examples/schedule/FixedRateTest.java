package dev.fetchwell.examples.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedRateTest {

  private static final Instant DUE = Instant.parse("2026-01-01T00:00:00Z");

  private final FixedRate rate = new FixedRate(Duration.ofSeconds(10));

  @Test
  void firstRunIsDueAtOnce() {
    assertThat(rate.getInitialExecutionTime(DUE)).isEqualTo(DUE);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "3, 10", "9, 10", "10, 20", "12, 20", "35, 40", "3600, 3610"})
  void nextRunIsDueAtTheNextPointOfTheRhythmAndMissedOnesAreNot(int ended, int next) {
    Execution run = new Execution(DUE, new TaskInstance<Void>("a", "b"));
    ExecutionComplete complete = ExecutionComplete.success(run, DUE, DUE.plusSeconds(ended));
    assertThat(rate.getNextExecutionTime(complete)).isEqualTo(DUE.plusSeconds(next));
  }
}
