package dev.fetchwell.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallStartTest {

  private final CallStart start = new CallStart();
  private final List<String> ran = new ArrayList<>();

  @Test
  void exchangeWaitsUntilTheCallIsMade() {
    start.begin();
    start.then(() -> ran.add("exchange"));
    assertThat(ran).isEmpty();
    start.end();
    assertThat(ran).containsExactly("exchange");
  }

  @Test
  void laterExchangesDoNotWait() {
    start.begin();
    start.end();
    start.then(() -> ran.add("retry"));
    assertThat(ran).containsExactly("retry");
  }

  @Test
  void onlyTheFirstOneWaits() {
    start.begin();
    start.then(() -> ran.add("first"));
    start.then(() -> ran.add("second"));
    assertThat(ran).containsExactly("second");
    start.end();
    start.end();
    assertThat(ran).containsExactly("second", "first");
  }

  @Test
  void whatIsNotMadeThisWayDoesNotWait() {
    start.then(() -> ran.add("exchange"));
    assertThat(ran).containsExactly("exchange");
  }
}
