package dev.fetchwell.examples.benchmark.report;

import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One pair of logarithmic axes. */
record Panel(int left, NavigableSet<Integer> levels, double least, double most) {

  static final int TOP = 60;
  static final int BOTTOM = 400;

  private static final int WIDTH = 310;

  /** One that shows all lines, and a bit around them. */
  static Panel around(List<Line> lines, int left) {
    List<Line.Point> points = lines.stream().flatMap(line -> line.points().stream()).toList();
    NavigableSet<Integer> levels = new TreeSet<>();
    points.forEach(point -> levels.add(point.inFlight()));
    Spread values = Spread.of(points.stream().mapToDouble(Line.Point::value));
    return new Panel(left, levels, values.min() / 1.2, values.max() * 1.2);
  }

  double x(int inFlight) {
    double range = Math.log((double) levels.last() / levels.first());
    double place = range == 0 ? 0.5 : Math.log((double) inFlight / levels.first()) / range;
    return left + place * WIDTH;
  }

  double y(double value) {
    return BOTTOM - (Math.log(value / least) / Math.log(most / least)) * (BOTTOM - TOP);
  }

  void axes(StringBuilder svg, String title) {
    svg.append(text(left, TOP - 26, "title", title));
    for (int level : levels) {
      svg.append(grid(x(level), TOP, x(level), BOTTOM));
      svg.append(centred(x(level), BOTTOM + 20, String.format(Locale.ROOT, "%,d", level)));
    }
    svg.append(centred(left + WIDTH / 2.0, BOTTOM + 42, "calls in flight"));
    for (double tick : ticks()) {
      svg.append(grid(left, y(tick), left + WIDTH, y(tick)));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
              left - 8.0, y(tick) + 4, String.format(Locale.ROOT, "%,.0f", tick)));
    }
  }

  /** 1, 2, 5, 10, … */
  private double[] ticks() {
    return IntStream.range(0, 7)
        .boxed()
        .flatMap(power -> Stream.of(1, 2, 5).map(digit -> digit * Math.pow(10, power)))
        .filter(tick -> tick >= least && tick <= most)
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  void line(StringBuilder svg, Line line, double labelAt) {
    String points =
        line.points().stream()
            .map(point -> format("%.1f,%.1f", x(point.inFlight()), y(point.value())))
            .collect(Collectors.joining(" "));
    svg.append(format("<polyline class=\"line %s\" points=\"%s\"/>%n", line.style(), points));
    for (Line.Point point : line.points()) {
      svg.append(
          format(
              "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"><title>%s, %,d in flight:"
                  + " %.1f</title></circle>%n",
              line.style(),
              x(point.inFlight()),
              y(point.value()),
              line.name(),
              point.inFlight(),
              point.value()));
    }
    double right = left + WIDTH + 22.0;
    svg.append(
        format(
            "<polyline class=\"line leader %s\" points=\"%.1f,%.1f %.1f,%.1f\"/>%n",
            line.style(), x(line.end().inFlight()), y(line.end().value()), right - 4, labelAt));
    svg.append(
        format(
            "<text class=\"label %s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
            line.style(), right, labelAt + 4, line.name()));
  }

  private static String grid(double x1, double y1, double x2, double y2) {
    return format(
        "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n", x1, y1, x2, y2);
  }

  private static String text(double x, double y, String style, String text) {
    return format("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", style, x, y, text);
  }

  private static String centred(double x, double y, String text) {
    return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>%n", x, y, text);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
