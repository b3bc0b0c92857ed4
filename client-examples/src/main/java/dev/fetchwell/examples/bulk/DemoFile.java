package dev.fetchwell.examples.bulk;

import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file of customers in which every thousandth row is bad, in one of five ways. Row {@code n},
 * counted from 1, has the id {@code n} and stands on line {@code n + 1}.
 */
public final class DemoFile {

  private static final List<String> CITIES =
      List.of("Oslo", "K\u00f6ln", "Porto, Gaia", "\"Den\" Haag");
  private static final int BAD = 1_000;

  private DemoFile() {}

  /** Whether a row is bad. */
  public static boolean isBad(long row) {
    return row % BAD == 500;
  }

  /** How many bad rows a file of so many rows has. */
  public static long bad(long rows) {
    return (rows + BAD - 500) / BAD;
  }

  /** Writes a file. */
  public static void write(Path file, long rows) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (CsvWriter csv = CsvWriter.builder().bufferSize(1 << 16).build(file)) {
      csv.writeRecord(Customer.COLUMNS);
      for (long row = 1; row <= rows; row++) {
        if (isBad(row)) {
          csv.writeRecord(bad(row, (int) (row / BAD % 5)));
        } else {
          csv.writeRecord(good(row));
        }
      }
    }
  }

  private static List<String> good(long row) {
    return List.of(
        Long.toString(row),
        "Customer " + row,
        CITIES.get((int) (row % CITIES.size())),
        row % 5_000 + "." + (10 + row % 90));
  }

  private static List<String> bad(long row, int kind) {
    String id = Long.toString(row);
    return switch (kind) {
      case 0 -> List.of(id, "too few");
      case 1 -> List.of("x" + id, "no number", "Oslo", "1.00");
      case 2 -> List.of(id, "negative", "Oslo", "-1.00");
      case 3 -> List.of(id, "", "Oslo", "1.00");
      default -> List.of(Long.toString(row - 1), "twice", "Oslo", "1.00");
    };
  }
}
