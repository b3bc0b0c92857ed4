package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class DurableQueueTest {

  @Test
  void demoKillsOneOfTwoProcessesAndEachJobEndsOnce() {
    Printed printed = Printed.of("DurableQueue", "--jobs=2000", "--lease=2");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .contains("jobs are submitted once, by their keys: 2000, and then 0")
        .containsPattern("ok  A is killed, exit code [0-9]+, with [1-9][0-9]* jobs at hand")
        .containsPattern("ok  A had done [0-9]+, B did [0-9]+ and ended by itself")
        .contains("ok  every job has ended: 1992 done, 8 dead letters")
        .contains("ok  each job that is done had its effect once; ")
        .contains("All 8 claims are true.");
  }

  @Test
  void jobsOfTheUsersOwnAreDoneOnceHoweverOftenTheyAreSubmitted() {
    try (DemoServer server = DemoServer.start()) {
      server.routes().add("/mine/{job}", exchange -> exchange.empty(204));
      String[] command = {
        "DurableQueue",
        "--jobs=20",
        "--url=" + server.url("/mine"),
        "--schema=fetchwell_test_" + System.currentTimeMillis()
      };
      Printed printed = Printed.of(command);
      assertThat(printed.exitCode()).as(printed.err()).isZero();
      assertThat(printed.out()).contains("20 jobs are new", "jobs: 20 of 20 jobs");
      assertThat(Printed.of(command).out()).contains("0 jobs are new");
      assertThat(server.requests()).isEqualTo(20);
    }
  }
}
