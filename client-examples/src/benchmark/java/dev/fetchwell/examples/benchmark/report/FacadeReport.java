package dev.fetchwell.examples.benchmark.report;

import dev.fetchwell.examples.benchmark.facade.FacadeSample;
import dev.fetchwell.examples.benchmark.facade.FacadeSample.Way;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What a call costs without a network, as tables in Markdown and as CSV. */
public final class FacadeReport {

  private static final List<Way> BASES = List.of(Way.Execute, Way.Enqueue);

  private FacadeReport() {}

  /** A table for bytes, and one for JSON. */
  public static String markdown(List<FacadeSample> samples) {
    StringBuilder text = new StringBuilder();
    for (String reading : List.of("bytes", "json")) {
      List<FacadeSample> chosen =
          samples.stream().filter(sample -> sample.reading().equals(reading)).toList();
      if (!chosen.isEmpty()) {
        text.append(table(reading, chosen));
      }
    }
    return text.toString();
  }

  private static String table(String reading, List<FacadeSample> samples) {
    Way base = BASES.stream().filter(way -> has(samples, way)).findFirst().orElse(Way.Ours);
    long rounds = samples.stream().mapToInt(FacadeSample::round).distinct().count();
    MarkdownTable table =
        new MarkdownTable(
            "A call without a network, " + reading + ", rounds: " + rounds,
            "way",
            "CPU, of " + base.title(),
            "time, of the same",
            "us CPU",
            "us",
            "bytes allocated");
    for (Way way : Way.values()) {
      List<FacadeSample> own = samples.stream().filter(sample -> sample.way() == way).toList();
      if (!own.isEmpty()) {
        table.row(
            way.title(),
            ratio(own, samples, base, FacadeSample::cpuMicros).ratio(),
            ratio(own, samples, base, FacadeSample::micros).ratio(),
            MarkdownTable.number("%.2f", median(own, FacadeSample::cpuMicros)),
            MarkdownTable.number("%.2f", median(own, FacadeSample::micros)),
            MarkdownTable.number("%.0f", median(own, FacadeSample::bytes)));
      }
    }
    return table.toString();
  }

  private static boolean has(List<FacadeSample> samples, Way way) {
    return samples.stream().anyMatch(sample -> sample.way() == way);
  }

  /** Of pairs from the same round. */
  private static Spread ratio(
      List<FacadeSample> own,
      List<FacadeSample> all,
      Way base,
      ToDoubleFunction<FacadeSample> value) {
    return Spread.of(
        own.stream()
            .flatMap(
                sample ->
                    inRound(all, base, sample.round())
                        .map(other -> value.applyAsDouble(sample) / value.applyAsDouble(other)))
            .mapToDouble(Double::doubleValue));
  }

  private static Stream<FacadeSample> inRound(List<FacadeSample> all, Way way, int round) {
    return all.stream().filter(sample -> sample.way() == way && sample.round() == round);
  }

  private static double median(List<FacadeSample> own, ToDoubleFunction<FacadeSample> value) {
    return Spread.of(own.stream().mapToDouble(value)).median();
  }

  /** A line per sample. */
  public static String csv(List<FacadeSample> samples) {
    StringBuilder text = new StringBuilder("reading,way,round,us,cpuUs,bytes\n");
    for (FacadeSample sample : samples) {
      text.append(
          MarkdownTable.csvLine(
              sample.reading(),
              sample.way(),
              sample.round(),
              sample.micros(),
              sample.cpuMicros(),
              sample.bytes()));
    }
    return text.toString();
  }
}
