package dev.fetchwell.examples.benchmark.report;

import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Protocol;
import dev.fetchwell.examples.benchmark.load.LoadSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * CPU per call and memory over calls in flight: two panels with logarithmic axes, a line per
 * client, which has its name at its end. Follows the reader's light or dark scheme.
 */
public final class LoadPlot {

  private static final int WIDTH = 1_150;
  private static final int HEIGHT = 460;

  /** Told apart by lightness too; this client's is the strongest. */
  private static final String STYLE =
      """
      svg { background: #ffffff; color: #1f2328; font: 12px system-ui, sans-serif }
      .title { font-size: 15px; font-weight: 600 }
      text { fill: currentColor }
      .grid { stroke: #d1d9e0; stroke-width: 1 }
      .line { fill: none; stroke-width: 1.6 }
      .ours { stroke-width: 3.2 }
      .leader { stroke-width: 1; stroke-dasharray: 2 3 }
      text.ours { font-weight: 700 }
      .c0 { --c: #0550ae } .c1 { --c: #1f2328 } .c2 { --c: #6e7781 } .c3 { --c: #a05a00 }
      .c4 { --c: #bc4c00 } .c5 { --c: #cf222e } .c6 { --c: #1a7f37 } .c7 { --c: #8250df }
      .c8 { --c: #bf3989 } .c9 { --c: #1b7c83 }
      .line { stroke: var(--c) } .dot, .label { fill: var(--c) }
      @media (prefers-color-scheme: dark) {
        svg { background: #0d1117; color: #e6edf3 }
        .grid { stroke: #30363d }
        .c0 { --c: #58a6ff } .c1 { --c: #e6edf3 } .c2 { --c: #8d96a0 } .c3 { --c: #e3b341 }
        .c4 { --c: #f0883e } .c5 { --c: #ff7b72 } .c6 { --c: #3fb950 } .c7 { --c: #bc8cff }
        .c8 { --c: #f778ba } .c9 { --c: #56d4dd }
      }
      """;

  private LoadPlot() {}

  /** A whole document. */
  public static String svg(List<LoadSample> samples, Protocol protocol) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n",
            WIDTH,
            HEIGHT));
    svg.append("<title>CPU per call and memory over calls in flight, ")
        .append(protocol)
        .append("</title>\n<style>\n")
        .append(STYLE)
        .append("</style>\n");
    String suffix = " over calls in flight, " + protocol;
    panel(svg, 60, "CPU per call, µs," + suffix, samples, LoadSample::cpuMicrosPerCall);
    panel(svg, 620, "Memory, MB," + suffix, samples, LoadSample::rssMegabytes);
    return svg.append("</svg>\n").toString();
  }

  private static void panel(
      StringBuilder svg,
      int left,
      String title,
      List<LoadSample> samples,
      ToDoubleFunction<LoadSample> value) {
    List<Line> lines = lines(samples, value);
    if (lines.isEmpty()) {
      return;
    }
    Panel panel = Panel.around(lines, left);
    panel.axes(svg, title);
    double[] ends = lines.stream().mapToDouble(line -> panel.y(line.end().value())).toArray();
    double[] labels = Labels.apart(ends, 14, Panel.TOP, Panel.BOTTOM);
    for (int i = 0; i < labels.length; i++) {
      panel.line(svg, lines.get(i), labels[i]);
    }
  }

  /** Medians; without those that are not to be known. */
  private static List<Line> lines(List<LoadSample> samples, ToDoubleFunction<LoadSample> value) {
    List<Line> lines = new ArrayList<>();
    List<Clients> clients = List.of(Clients.values());
    for (Clients client : clients) {
      List<Line.Point> points = new ArrayList<>();
      for (int level : LoadSummary.levels(samples)) {
        LoadSummary.at(level, samples).stream()
            .filter(summary -> summary.client() == client)
            .map(summary -> new Line.Point(level, summary.median(value)))
            .filter(point -> point.value() > 0)
            .forEach(points::add);
      }
      String style = "c" + clients.indexOf(client) + (client == Clients.OURS ? " ours" : "");
      if (!points.isEmpty()) {
        lines.add(new Line(client.title(), style, points));
      }
    }
    return lines;
  }
}
