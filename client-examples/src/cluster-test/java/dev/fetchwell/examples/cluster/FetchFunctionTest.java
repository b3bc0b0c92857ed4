package dev.fetchwell.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("try") // Closing Flink's iterator can be interrupted, which ends the test.
class FetchFunctionTest {

  private static final ClientSettings PATIENT = new ClientSettings(Duration.ofSeconds(50), 2);

  @Test
  void timeoutOfFlinkGivesTheCallUpAndMakesARow() throws Exception {
    try (DemoServer server = DemoServer.start();
        CloseableIterator<FetchRow> rows = rows(Duration.ofMillis(500), server.url("/stalled"))) {
      assertThat(rows.next().error()).isEqualTo("Cancelled");
      assertThat(Report.becomesTrue(() -> server.abandoned("/stalled") == 1)).isTrue();
      assertThat(rows.hasNext()).isFalse();
    }
  }

  @Test
  void endOfTheJobGivesUpTheCallsInFlightAndSendsNoneThatWaits() throws Exception {
    try (DemoServer server = DemoServer.start()) {
      String[] urls = new String[400];
      Arrays.fill(urls, server.url("/stalled"));
      try (CloseableIterator<FetchRow> rows = rows(Duration.ofSeconds(50), urls)) {
        assertThat(rows).isNotNull();
        assertThat(Report.becomesTrue(() -> server.requests("/stalled") == 2)).isTrue();
      }
      assertThat(Report.becomesTrue(() -> server.abandoned("/stalled") == 2)).isTrue();
      assertThat(server.requests("/stalled")).isEqualTo(2);
    }
  }

  private static CloseableIterator<FetchRow> rows(Duration timeoutOfFlink, String... urls)
      throws Exception {
    StreamExecutionEnvironment cluster = FetchJob.inProcess(1);
    return AsyncDataStream.unorderedWait(
            cluster.fromData(List.of(urls)),
            new FetchFunction(PATIENT),
            timeoutOfFlink.toMillis(),
            TimeUnit.MILLISECONDS,
            400)
        .executeAndCollect();
  }
}
