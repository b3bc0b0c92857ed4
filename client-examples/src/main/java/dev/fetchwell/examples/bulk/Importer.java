package dev.fetchwell.examples.bulk;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.bulk.Enricher.Asked;
import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.examples.postgres.Database;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Three stages with bounded pipes between them: read, ask, write. Used once. */
public final class Importer {

  private final Path file;
  private final Settings settings;
  private final PrintStream out;
  private final Pipe<Chunk> chunks;
  private final Pipe<Asked> asked;

  /**
   * How to import.
   *
   * @param service what is asked about the customers
   * @param chunk rows for one call and one transaction
   * @param calls calls at once
   * @param restart whether to forget what was imported before
   * @param rejects where the bad rows go
   */
  public record Settings(String service, int chunk, int calls, boolean restart, Path rejects) {}

  /**
   * What came out.
   *
   * @param before rows that an import before this one had done
   * @param now rows of this one
   * @param customers good rows of both
   * @param rejects bad rows of both
   * @param nanos how long this one took
   * @param deepest the most chunks that waited in a pipe, read and not asked about, or not written
   */
  public record Result(
      long before, long now, long customers, long rejects, long nanos, List<Integer> deepest) {}

  /** An importer of this file. */
  public Importer(Path file, Settings settings, PrintStream out) {
    this.file = file.toAbsolutePath();
    this.settings = settings;
    this.out = out;
    this.chunks = new Pipe<>(settings.calls());
    this.asked = new Pipe<>(settings.calls());
  }

  /** How many rows of all files are in the database, as others see it. */
  public static long imported(Database database) throws SQLException {
    return database.number(
                "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'import_files'")
            == 0
        ? 0
        : database.number("SELECT sum(customers + rejects) FROM import_files");
  }

  /** Imports what is not imported yet. */
  public Result run(AsyncHttpClient client, Database database)
      throws IOException, SQLException, InterruptedException {
    String version = Files.size(file) + " bytes of " + Files.getLastModifiedTime(file);
    long total = CsvSource.countLines(file);
    try (CustomerTable table = new CustomerTable(database.connect(), file.toString())) {
      if (settings.restart()) {
        table.forget();
      }
      CustomerTable.Progress before = table.begin(version);
      long start = System.nanoTime();
      if (!before.finished()) {
        try (Bar bar = Bar.open(out, "import", "rows", 1)) {
          importRest(client, table, before, total, bar);
        }
        table.finish();
      }
      long nanos = System.nanoTime() - start;
      CustomerTable.Progress after = table.begin(version);
      table.writeRejects(settings.rejects());
      return new Result(
          before.rows(),
          after.rows() - before.rows(),
          after.customers(),
          after.rejects(),
          nanos,
          List.of(chunks.deepest(), asked.deepest()));
    }
  }

  private void importRest(
      AsyncHttpClient client,
      CustomerTable table,
      CustomerTable.Progress before,
      long total,
      Bar bar)
      throws SQLException, IOException, InterruptedException {
    ExecutorService stages = Executors.newFixedThreadPool(2, Importer::daemon);
    try {
      CsvSource source = new CsvSource(file, settings.chunk());
      stages.execute(() -> source.readInto(chunks, before.line()));
      stages.execute(() -> new Enricher(client, settings.service()).askAll(chunks, asked));
      long done = before.rows();
      for (Asked next = asked.take(); next != null; next = asked.take()) {
        table.write(next.chunk(), next.segments().join());
        done += next.chunk().rows();
        bar.show(done, Math.max(done, total));
      }
    } finally {
      asked.abandon();
      chunks.abandon();
      stages.shutdownNow();
    }
  }

  private static Thread daemon(Runnable stage) {
    Thread thread = new Thread(stage, "import");
    thread.setDaemon(true);
    return thread;
  }
}
