package dev.fetchwell.examples.benchmark.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Protocol;
import dev.fetchwell.examples.benchmark.report.LoadPlot;
import dev.fetchwell.examples.benchmark.report.LoadReport;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class LoadReportTest {

  /** In the second round the machine was half as fast. */
  private static final List<LoadSample> SAMPLES =
      List.of(
          sample(Clients.OURS, 64, 1, 20_000),
          sample(Clients.OKHTTP, 64, 1, 40_000),
          sample(Clients.OURS, 64, 2, 44_000),
          sample(Clients.OKHTTP, 64, 2, 80_000),
          sample(Clients.OURS, 8_000, 1, 100_000));

  private static LoadSample sample(Clients client, int inFlight, int round, long cpuNanos) {
    Measured measured =
        new Measured(10, 0, "", cpuNanos * 10, cpuNanos, 1_000_000, 50 << 20, 100 << 20, 12);
    return new LoadSample(client, inFlight, round, measured, new LoadServer.Counts(10, 2, 2));
  }

  @Test
  void ratiosAreThoseOfOneRound() {
    assertThat(LoadReport.markdown(SAMPLES))
        .contains("### 64 in flight, rounds: 2")
        .contains("| Fetchwell | 0.53 (0.50..0.55) | 1.00 (1.00..1.00) | 32.0 | 100 | 50 | 10 % |")
        .contains("| raw OkHttp | 1.00 (1.00..1.00) |")
        .contains("0 of 20 |");
  }

  @Test
  void withoutRawOkHttpThereAreNoRatios() {
    assertThat(LoadReport.markdown(SAMPLES)).contains("| Fetchwell | ? | ? | 100.0 |");
  }

  @Test
  void csvHasALinePerSample() {
    List<String> lines = LoadReport.csv(SAMPLES).lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(1)).startsWith("ours,64,1,10,0,20.0,0.1,50.0,100.0,12,");
  }

  @Test
  void plotIsWellFormedAndNamesEveryClientInBothPanels() throws Exception {
    String svg = LoadPlot.svg(SAMPLES, Protocol.HTTP1);
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.split(">Fetchwell</text>", -1)).hasSize(3);
    assertThat(svg.split(">raw OkHttp</text>", -1)).hasSize(3);
    assertThat(svg).contains("prefers-color-scheme: dark").doesNotContain("NaN");
  }

  @Test
  void whatAProcessMeasuredComesOverWhole() {
    Measured measured = new Measured(3, 1, "java.io.IOException: a\tb", 4, 5, 6, 7, 8, 9);
    assertThat(Measured.parse(List.of(measured.line().split("\t", -1))))
        .isEqualTo(new Measured(3, 1, "java.io.IOException: a b", 4, 5, 6, 7, 8, 9));
  }
}
