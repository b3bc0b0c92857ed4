package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndActionsTest {

  private final EndActions ending = new EndActions();
  private final List<String> seen = new ArrayList<>();

  @Test
  void actionsRunInOrderAtTheEndAndOnce() {
    ending.add(() -> seen.add("first"));
    ending.add(() -> seen.add("second"));
    assertThat(seen).isEmpty();

    ending.run();
    ending.run();

    assertThat(seen).containsExactly("first", "second");
  }

  @Test
  void actionAfterTheEndRunsAtOnce() {
    ending.run();
    ending.add(() -> seen.add("late"));

    assertThat(seen).containsExactly("late");
  }

  @Test
  void actionAddedWhileEndingRunsAtOnce() {
    ending.add(() -> ending.add(() -> seen.add("nested")));

    ending.run();

    assertThat(seen).containsExactly("nested");
  }

  @Test
  void actionThatThrowsKeepsNoOtherFromRunning() {
    ending.add(
        () -> {
          throw new AssertionError("told to");
        });
    ending.add(() -> seen.add("second"));

    ending.run();
    ending.add(
        () -> {
          throw new AssertionError("told to");
        });

    assertThat(seen).containsExactly("second");
  }
}
