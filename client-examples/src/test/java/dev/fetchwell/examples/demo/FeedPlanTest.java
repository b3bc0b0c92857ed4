package dev.fetchwell.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FeedPlanTest {

  private static final String TROUBLE = "/feed?every=10&trouble=drop,reset,stall,1001,503&seed=";

  @Test
  void sameSeedIsTheSamePlan() {
    assertThat(plan(TROUBLE + 7)).isEqualTo(plan(TROUBLE + 7)).isNotEqualTo(plan(TROUBLE + 8));
  }

  @Test
  void eachRoundHasEachKindOnceAndEachConnectionAMessage() {
    List<FeedPlan.Connection> plan = plan(TROUBLE + 1);
    for (int round = 0; round < plan.size(); round += 5) {
      assertThat(plan.subList(round, round + 5))
          .extracting(FeedPlan.Connection::ending)
          .containsExactlyInAnyOrder("drop", "reset", "stall", "1001", "503");
    }
    assertThat(plan).allMatch(each -> each.messages() >= 1 && each.messages() <= 19);
    assertThat(plan.stream().mapToLong(FeedPlan.Connection::messages).average().orElse(0))
        .isBetween(8.0, 12.0);
  }

  @Test
  void withoutTroubleConnectionsAreLeftAlone() {
    assertThat(plan("/feed"))
        .containsOnly(new FeedPlan.Connection(Long.MAX_VALUE, ""))
        .noneMatch(FeedPlan.Connection::isRefused);
  }

  private static List<FeedPlan.Connection> plan(String target) {
    FeedPlan plan = FeedPlan.of(new DemoRequest("GET", target, Map.of(), new byte[0]));
    return Stream.generate(plan::next).limit(100).toList();
  }
}
