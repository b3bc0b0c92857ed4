package dev.fetchwell.examples.benchmark.report;

import java.util.List;

/** A client's line in a plot: its name, its classes of style, its points from left to right. */
record Line(String name, String style, List<Point> points) {

  /** A median at a number of calls in flight. */
  record Point(int inFlight, double value) {}

  Point end() {
    return points.get(points.size() - 1);
  }
}
