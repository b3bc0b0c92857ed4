package dev.fetchwell.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.examples.demo.DemoSegments;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.postgres.Database;
import dev.fetchwell.examples.process.JavaProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BulkImportTest {

  private static final String HEADER = "id,name,city,amount\n";

  @TempDir Path folder;

  /** The database stays from one run of the tests to the next. */
  private final String schema = "fetchwell_test_" + System.currentTimeMillis();

  private final DemoSegments service = new DemoSegments();
  private final DemoServer server = DemoServer.start();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void demoIsKilledHalfWayAndEndsWithEachRowOnce() {
    Printed printed =
        Printed.of("BulkImport", "--rows=60000", "--chunk=500", "--rejects=" + rejects());
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern("[|] +import: [0-9]+ of 60000 rows")
        .containsPattern("ok  a process was killed half-way, exit code [0-9]+")
        .containsPattern("ok  the next one went on behind its [0-9]+ rows")
        .containsPattern("[0-9]+ rows in [0-9.]+ s, [0-9]+ rows per second")
        .contains("what the service says about it: 59940")
        .contains("once, with line and reason: 60")
        .contains("1501,id is no whole number: x1500,\"x1500,no number,Oslo,1.00\"")
        .contains("4501,id 4499 is there from line 4500,")
        .contains("All 6 claims are true.");
  }

  @Test
  void killedWithItsOwnDatabaseItGoesOnInThatDatabase() throws Exception {
    Path file = folder.resolve("customers.csv");
    StringBuilder rows = new StringBuilder(HEADER);
    IntStream.range(0, 2_000).forEach(i -> rows.append(i + ",\"Ann, \"\"A\"\"\",Oslo,1.5\n"));
    Files.writeString(file, rows);
    service.holdAfter(10);
    CountDownLatch begun = new CountDownLatch(1);
    List<String> arguments = new ArrayList<>(arguments(file));
    arguments.add("--chunk=100");
    try (JavaProcess process =
        JavaProcess.start(
            BulkImport.class,
            "",
            line -> {
              if (line.contains("import: ")) {
                begun.countDown();
              }
            },
            arguments)) {
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.isAlive()).isTrue();
      process.kill();
      assertThat(process.await(Duration.ofSeconds(10))).isNotZero();
    }
    service.holdAfter(Integer.MAX_VALUE);
    Printed printed = run(arguments);
    assertThat(printed.exitCode()).as(printed.out() + printed.err()).isZero();
    assertThat(printed.out())
        .containsPattern(" ([1-9]00|1000) rows were there already")
        .contains("2000 customers, 0 bad rows");
    assertThat(Files.readAllLines(rejects())).containsExactly("line,reason,row");
    assertThat(run(with(arguments, "--restart")).out()).contains("2000 rows in ");
  }

  @Test
  void badRowsAndBadFilesAreTold() throws Exception {
    try (Database database = Database.embedded(folder.resolve("postgres"), schema)) {
      badRowsAndBadFilesAreTold("--jdbc=" + database.url());
    }
  }

  private void badRowsAndBadFilesAreTold(String jdbc) throws Exception {
    Path file = folder.resolve("few.csv");
    Files.writeString(
        file, HEADER + "1,Ann,\"Os\nlo\",1.00\n2,Bob,Rome,1.001\n1,Eve,Rome,2\n\n3,\" \",Rome,1\n");
    Printed printed = run(with(arguments(file), jdbc));
    assertThat(printed.out()).as(printed.err()).contains("1 customers, 3 bad rows");
    assertThat(Files.readAllLines(rejects()))
        .anyMatch(line -> line.matches("4,amount is not between .* two decimals: 1.001,.*"))
        .contains("5,id 1 is there from line 2,\"1,Eve,Rome,2\"")
        .anyMatch(line -> line.startsWith("7,name is missing,"));

    Files.writeString(file, HEADER + "1,Ann,Oslo,1.00\n2,\"unclosed,Rome,1\n");
    assertThat(run(with(arguments(file), jdbc)).err()).contains("has changed", "--restart");
    assertThat(run(with(with(arguments(file), jdbc), "--restart")).err())
        .contains("the stage before failed", "CsvParseException");
    Path other = folder.resolve("other.csv");
    Files.writeString(other, "name,id\nAnn,1\n");
    assertThat(run(with(arguments(other), jdbc)).err())
        .contains("begins with [name, id] (expected: [id, ");
  }

  @Test
  void failureOfTheServiceOrTheDatabaseIsOneLine() throws Exception {
    Path file = folder.resolve("one.csv");
    Files.writeString(file, HEADER + "1,Ann,Oslo,1.00\n");
    Printed refused =
        Printed.of("BulkImport", "--file=" + file, "--url=" + server.url("/status/418"));
    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.err().strip()).startsWith("ClientStatusError: ").hasLineCount(1);
    Printed nowhere = run(with(arguments(file), "--jdbc=jdbc:postgresql://127.0.0.1:1/x"));
    assertThat(nowhere.err()).contains("--jdbc: ", "127.0.0.1:1");
    assertThat(Printed.of("BulkImport", "--file=" + file).err()).contains("--url");
    assertThat(run(with(arguments(file), "--schema=x; drop")).exitCode()).isEqualTo(2);
  }

  private Path rejects() {
    return folder.resolve("rejects.csv");
  }

  private List<String> arguments(Path file) {
    server.routes().add("/segments", service);
    return List.of(
        "--file=" + file,
        "--url=" + server.url("/segments"),
        "--schema=" + schema,
        "--rejects=" + rejects());
  }

  private static List<String> with(List<String> arguments, String more) {
    List<String> all = new ArrayList<>(arguments);
    all.add(more);
    return all;
  }

  private static Printed run(List<String> arguments) {
    return Printed.of(with(new ArrayList<>(List.of("BulkImport")), arguments));
  }

  private static String[] with(List<String> first, List<String> then) {
    first.addAll(then);
    return first.toArray(String[]::new);
  }
}
