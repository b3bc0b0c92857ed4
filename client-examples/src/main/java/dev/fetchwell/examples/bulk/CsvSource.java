package dev.fetchwell.examples.bulk;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import de.siegmar.fastcsv.writer.CsvWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The first stage: reads a CSV file with a header, and sorts good rows from bad ones. */
final class CsvSource {

  private final Path file;
  private final int chunkSize;

  CsvSource(Path file, int chunkSize) {
    this.file = file;
    this.chunkSize = chunkSize;
  }

  /** About how many rows the file has; a field with a line break in it counts twice. */
  static long countLines(Path file) throws IOException {
    long lines = 0;
    byte[] block = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        for (int i = 0; i < read; i++) {
          lines += block[i] == '\n' ? 1 : 0;
        }
      }
    }
    return Math.max(0, lines - 1);
  }

  /** Hands over the rows behind a line, and ends or fails the pipe. */
  void readInto(Pipe<Chunk> pipe, long behindLine) {
    try (CsvReader<CsvRecord> reader = open()) {
      List<Customer> customers = new ArrayList<>(chunkSize);
      List<Reject> rejects = new ArrayList<>();
      long last = behindLine;
      boolean header = true;
      for (CsvRecord row : reader) {
        if (header) {
          checkHeader(row);
          header = false;
        } else if (row.getStartingLineNumber() > behindLine) {
          last = row.getStartingLineNumber();
          sort(row, customers, rejects);
          if (customers.size() + rejects.size() == chunkSize) {
            pipe.put(new Chunk(List.copyOf(customers), List.copyOf(rejects), last));
            customers.clear();
            rejects.clear();
          }
        }
      }
      if (customers.size() + rejects.size() > 0) {
        pipe.put(new Chunk(customers, rejects, last));
      }
      pipe.end();
    } catch (Exception | Error thrown) {
      pipe.fail(thrown);
    }
  }

  /** Which rows are bad is decided here, but broken quotes end it: nobody knows what they quote. */
  private CsvReader<CsvRecord> open() throws IOException {
    return CsvReader.builder()
        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
        .trimWhitespacesAroundQuotes(true)
        .allowUnclosedQuote(false)
        .detectBomHeader(true)
        .ofCsvRecord(file);
  }

  private void checkHeader(CsvRecord row) {
    if (!row.getFields().equals(Customer.COLUMNS)) {
      throw new IllegalArgumentException(
          file + " begins with " + row.getFields() + " (expected: " + Customer.COLUMNS + ")");
    }
  }

  private static void sort(CsvRecord row, List<Customer> customers, List<Reject> rejects) {
    try {
      customers.add(Customer.of(row.getStartingLineNumber(), row.getFields()));
    } catch (IllegalArgumentException bad) {
      rejects.add(
          new Reject(
              row.getStartingLineNumber(),
              String.valueOf(bad.getMessage()),
              text(row.getFields())));
    }
  }

  static String text(List<String> fields) {
    StringWriter text = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().build(text)) {
      csv.writeRecord(fields);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString().strip().replace("\0", "");
  }
}
