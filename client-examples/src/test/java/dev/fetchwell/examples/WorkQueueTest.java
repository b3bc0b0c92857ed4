package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class WorkQueueTest {

  @Test
  void demoEndsEachOfTenThousandJobsExactlyOnce() {
    Printed printed = Printed.of("WorkQueue");
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .contains("all 10000 jobs are in")
        .containsPattern("a dead letter: job [0-9]+: POST .* status (422|503)")
        .containsPattern(
            "done +[0-9]+, dead +[0-9]+; depth +[0-9]+, running +[0-9]+; mean wait +[0-9]+ ms;"
                + " retries +[0-9]+")
        .contains("ok  every job is done or a dead letter, exactly once")
        .contains("ok  the counts say the same: 9960 done, 40 dead")
        .containsPattern("ok  1500 jobs failed at first: [0-9]+ retries")
        .contains("ok  and hands back what it cannot finish in time: 20 jobs, of which 4 had begun")
        .contains("All 10 claims are true.");
  }

  @Test
  void serviceOfTheUsersOwnIsAskedForEachJob() {
    try (DemoServer server = DemoServer.start()) {
      server.routes().add("/mine/{job}", exchange -> exchange.empty(204));
      String[] few = {"--jobs", "30", "--workers", "4", "--capacity", "8"};
      Printed printed = Printed.of(with(few, "--url", server.url("/mine")));
      assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
      assertThat(server.requests()).isEqualTo(30);
      assertThat(Printed.of(with(few, "--url", server.url("/no"))).exitCode()).isEqualTo(1);
    }
  }

  private static String[] with(String[] few, String... more) {
    String[] all = new String[1 + few.length + more.length];
    all[0] = "WorkQueue";
    System.arraycopy(few, 0, all, 1, few.length);
    System.arraycopy(more, 0, all, 1 + few.length, more.length);
    return all;
  }
}
