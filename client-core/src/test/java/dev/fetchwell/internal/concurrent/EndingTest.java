package dev.fetchwell.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {

  private final Ending ending = new Ending();
  private final List<String> seen = new ArrayList<>();

  @Test
  void actionsRunInOrderAtTheEndAndOnce() {
    ending.whenEnded(() -> seen.add("first"));
    ending.whenEnded(() -> seen.add("second"));
    assertThat(seen).isEmpty();

    ending.end();
    ending.end();

    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void actionAfterTheEndRunsAtOnce() {
    ending.end();
    ending.whenEnded(() -> seen.add("late"));

    assertThat(seen).containsExactly("late");
  }

  @Test
  void actionAddedWhileEndingRunsAtOnce() {
    ending.whenEnded(() -> ending.whenEnded(() -> seen.add("nested")));

    ending.end();

    assertThat(seen).containsExactly("nested");
  }
}
