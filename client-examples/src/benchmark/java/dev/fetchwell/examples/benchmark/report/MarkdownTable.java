package dev.fetchwell.examples.benchmark.report;

import java.util.List;
import java.util.Locale;

/** Rows of a table in Markdown. */
final class MarkdownTable {

  private final StringBuilder text = new StringBuilder();

  MarkdownTable(String title, String... columns) {
    text.append("\n### ").append(title).append("\n\n");
    row(columns);
    text.append('|').append("---|".repeat(columns.length)).append('\n');
  }

  void row(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }

  static String number(String format, double value) {
    return Double.isNaN(value) ? "?" : String.format(Locale.ROOT, format, value);
  }

  static String csvLine(Object... cells) {
    return String.join(
            ",",
            List.of(cells).stream()
                .map(String::valueOf)
                .map(cell -> cell.contains(",") ? '"' + cell.replace('"', '\'') + '"' : cell)
                .toList())
        + "\n";
  }
}
