package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.bulk.DemoFile;
import dev.fetchwell.examples.bulk.Importer;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoSegments;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.postgres.DatabaseOptions;
import dev.fetchwell.examples.process.JavaProcess;
import dev.fetchwell.examples.quickstart.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A large CSV file into PostgreSQL, with what a service says about each row. Reading, asking and
 * writing are stages of their own, with little between them, so memory stays small; and whoever
 * kills it starts it again, and each row is there once.
 */
@Command(
    name = "BulkImport",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Imports a CSV of a million rows into PostgreSQL, and survives a kill -9.")
public final class BulkImport implements Callable<Integer> {

  private static final String DEMO_SCHEMA = "fetchwell_import_demo";

  @Option(
      names = "--file",
      description = "The CSV file, with the columns id,name,city,amount. Default: a demo file.")
  private @Nullable Path file;

  @Option(
      names = "--url",
      description = {
        "The service: it gets {\"ids\": [1, 2]}, and answers {\"segments\": [\"a\", \"b\"]}.",
        "Default: a demo server's."
      })
  private @Nullable String url;

  @Option(names = "--rows", description = "How many rows the demo file has.")
  private long rows = 1_000_000;

  @Option(names = "--chunk", description = "Rows for one call and one transaction.")
  private int chunk = 2_000;

  @Option(names = "--calls", description = "Calls at once.")
  private int calls = 6;

  @Option(names = "--rejects", description = "Where bad rows go, with line and reason.")
  private Path rejects = Path.of("target", "rejects.csv");

  @Option(names = "--restart", description = "Forget what was imported from this file before.")
  private boolean restart;

  @Option(names = "--schema", description = "Where in the database the tables are.")
  private String schema = "fetchwell_import";

  @Mixin private DatabaseOptions databaseOptions = new DatabaseOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream out;

  BulkImport(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new BulkImport(System.out), args);
  }

  @Override
  public Integer call() throws IOException, SQLException, InterruptedException {
    if (!schema.matches("[a-z_][a-z0-9_]*")) {
      throw wrong("--schema: " + schema + " (expected: lower-case letters, digits and _)");
    }
    if (file == null && url == null) {
      return demo();
    }
    if (file == null || url == null) {
      throw wrong("--file and --url belong together");
    }
    try (Database database = databaseOptions.open(schema);
        AsyncHttpClient client = client()) {
      show(new Importer(file, settings(url), out).run(client, database));
    }
    return 0;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private AsyncHttpClient client() {
    return Recorded.builder().maxConcurrencyPerHost(2 * calls).build();
  }

  private Importer.Settings settings(String service) {
    return new Importer.Settings(service, chunk, calls, restart, rejects);
  }

  private void show(Importer.Result result) {
    if (result.before() > 0) {
      out.println("  " + result.before() + " rows were there already");
    }
    double seconds = result.nanos() / 1e9;
    out.printf(
        Locale.ROOT,
        "  %d rows in %.1f s, %.0f rows per second%n",
        result.now(),
        seconds,
        result.now() / seconds);
    out.println(
        "  " + result.customers() + " customers, " + result.rejects() + " bad rows in " + rejects);
  }

  private int demo() throws IOException, SQLException, InterruptedException {
    Report report = new Report(out);
    Path demoFile = Path.of("target", "customers-" + rows + ".csv");
    DemoFile.write(demoFile, rows);
    report.done(demoFile + ": " + Files.size(demoFile) / 1_000 + " KB");
    DemoSegments service = new DemoSegments();
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = client();
        Database database = databaseOptions.open(DEMO_SCHEMA)) {
      server.routes().add("/segments", service);
      database.clear();
      killHalfWay(report, database, service, server.url("/segments"), demoFile);
      restart = false;
      Importer.Result result =
          new Importer(demoFile, settings(server.url("/segments")), out).run(client, database);
      show(result);
      claim(report, database, result);
      Importer.Result again =
          new Importer(demoFile, settings(server.url("/segments")), out).run(client, database);
      report.claim("started once more, there is nothing left to do", again.now() == 0);
      database.clear();
    }
    return report.end() ? 0 : 1;
  }

  private void killHalfWay(
      Report report, Database database, DemoSegments service, String segments, Path demoFile)
      throws SQLException, InterruptedException {
    service.holdAfter((int) (rows / chunk * 2 / 3)); // It cannot be faster than the kill.
    List<String> arguments =
        List.of(
            "--file=" + demoFile,
            "--url=" + segments,
            "--schema=" + DEMO_SCHEMA,
            "--chunk=" + chunk,
            "--calls=" + calls);
    try (JavaProcess other =
        JavaProcess.start(
            BulkImport.class, database.url(), line -> out.println("  | " + line), arguments)) {
      while (other.isAlive() && Importer.imported(database) < rows / 3) {
        LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
      }
      boolean alive = other.isAlive();
      other.kill();
      int code = other.await(Duration.ofSeconds(10));
      report.claim("a process was killed half-way, exit code " + code, alive && code != 0);
    }
    service.holdAfter(Integer.MAX_VALUE);
  }

  private void claim(Report report, Database database, Importer.Result result)
      throws SQLException, IOException {
    long bad = DemoFile.bad(rows);
    report.claim(
        "the next one went on behind its " + result.before() + " rows",
        result.before() >= rows / 3 && result.now() == rows - result.before());
    report.claim(
        "each good row is there once, with what the service says about it: " + (rows - bad),
        result.customers() == rows - bad && right(database) == rows - bad);
    List<String> lines = Files.readAllLines(rejects);
    report.claim(
        "each bad row is in the file of rejects once, with line and reason: " + bad,
        result.rejects() == bad && lines.size() == bad + 1);
    lines.stream().skip(1).limit(5).forEach(line -> report.done("    " + line));
    report.claim(
        "never more than "
            + calls
            + " chunks waited for a stage: "
            + result.deepest().get(0)
            + " and "
            + result.deepest().get(1),
        result.deepest().get(0) <= calls && result.deepest().get(1) <= calls);
  }

  /** How many rows of the table are as they must be; -1 if one is not. */
  private static long right(Database database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false); // Else all rows come at once.
      statement.setFetchSize(10_000);
      try (ResultSet all =
          statement.executeQuery("SELECT id, line, segment, name FROM customers")) {
        long right = 0;
        while (all.next()) {
          long id = all.getLong(1);
          if (all.getLong(2) != id + 1
              || !all.getString(3).equals(DemoSegments.segment(id))
              || !all.getString(4).equals("Customer " + id)) {
            return -1;
          }
          right++;
        }
        return right;
      }
    }
  }
}
