package dev.fetchwell.examples.scraper;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** Writes rows into a file as they come: JSON Lines, or CSV as RFC 4180 has it. */
public final class RowWriter implements Closeable {

  private static final List<String> COLUMNS =
      Stream.of(PageRow.class.getRecordComponents()).map(column -> column.getName()).toList();

  private final Writer out;
  private final boolean csv;
  private final JsonMapper json = new JsonMapper();

  private RowWriter(Writer out, boolean csv) {
    this.out = out;
    this.csv = csv;
  }

  /** Whether the name ends with {@code .csv} or {@code .jsonl}. */
  public static boolean canWrite(Path file) {
    return file.toString().endsWith(".csv") || file.toString().endsWith(".jsonl");
  }

  /** Begins a file, whose folder is created. */
  public static RowWriter open(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Files.createDirectories(absolute.getParent());
    boolean csv = file.toString().endsWith(".csv");
    RowWriter rows = new RowWriter(Files.newBufferedWriter(absolute, StandardCharsets.UTF_8), csv);
    if (csv) {
      rows.writeLine(COLUMNS.stream());
    }
    return rows;
  }

  /** Writes one row. */
  public void write(PageRow row) {
    try {
      if (csv) {
        writeLine(
            Stream.of(
                row.url(),
                row.depth(),
                row.result(),
                row.status(),
                row.title(),
                row.links(),
                row.bytes(),
                row.attempts(),
                row.millis(),
                row.detail()));
      } else {
        out.write(json.writeValueAsString(row) + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeLine(Stream<?> fields) throws IOException {
    out.write(
        fields.map(field -> field(String.valueOf(field))).collect(Collectors.joining(","))
            + "\r\n");
  }

  static String field(String text) {
    boolean quoted = text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
