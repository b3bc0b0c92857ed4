package dev.fetchwell.examples.bulk;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * The third stage: writes each chunk, its bad rows, and how far the file has come, in one
 * transaction. So what a killed process leaves behind is a whole number of chunks, and the next one
 * goes on behind them. Confined to one thread.
 */
final class CustomerTable implements AutoCloseable {

  private static final String TABLES =
      """
      CREATE TABLE IF NOT EXISTS import_files (
        file text PRIMARY KEY, version text NOT NULL, line bigint NOT NULL DEFAULT 1,
        customers bigint NOT NULL DEFAULT 0, rejects bigint NOT NULL DEFAULT 0,
        finished boolean NOT NULL DEFAULT false);
      CREATE TABLE IF NOT EXISTS customers (
        id bigint PRIMARY KEY, name text NOT NULL, city text NOT NULL,
        amount numeric(12, 2) NOT NULL, segment text NOT NULL,
        file text NOT NULL, line bigint NOT NULL);
      CREATE TABLE IF NOT EXISTS import_rejects (
        file text NOT NULL, line bigint NOT NULL, reason text NOT NULL, record text NOT NULL,
        PRIMARY KEY (file, line));
      CREATE TEMPORARY TABLE arrived (
        id bigint NOT NULL, name text NOT NULL, city text NOT NULL,
        amount numeric(12, 2) NOT NULL, segment text NOT NULL, line bigint NOT NULL)
        ON COMMIT DELETE ROWS;
      """;

  private final Connection connection;
  private final CopyManager copy;
  private final String file;

  /** How far a file has come. */
  record Progress(long line, long customers, long rejects, boolean finished) {

    long rows() {
      return customers + rejects;
    }
  }

  /** Takes the connection over. */
  CustomerTable(Connection connection, String file) throws SQLException {
    this.connection = connection;
    this.copy = connection.unwrap(PGConnection.class).getCopyAPI();
    this.file = file;
    try (Statement statement = connection.createStatement()) {
      // A process that was killed holds its lock until the server has noticed.
      statement.execute("SET lock_timeout = '15s'");
      String name = statement.enquoteLiteral(file);
      statement.execute("SELECT pg_advisory_lock(hashtextextended(" + name + ", 7))");
      statement.execute(TABLES);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    connection.setAutoCommit(false);
  }

  /**
   * Where to go on.
   *
   * @param version changes with the file's content
   * @throws IllegalStateException if it is not the file that was begun
   */
  Progress begin(String version) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO import_files (file, version) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
      insert.setString(1, file);
      insert.setString(2, version);
      insert.executeUpdate();
    }
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT version, line, customers, rejects, finished FROM import_files"
                + " WHERE file = ?")) {
      select.setString(1, file);
      try (ResultSet row = select.executeQuery()) {
        row.next();
        if (!row.getString(1).equals(version)) {
          throw new IllegalStateException(
              file + " has changed since its import began (begin again with --restart)");
        }
        Progress progress =
            new Progress(row.getLong(2), row.getLong(3), row.getLong(4), row.getBoolean(5));
        connection.commit();
        return progress;
      }
    }
  }

  /** Forgets what was imported from this file. */
  void forget() throws SQLException {
    for (String table : List.of("customers", "import_rejects", "import_files")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE file = ?")) {
        delete.setString(1, file);
        delete.executeUpdate();
      }
    }
    connection.commit();
  }

  /** Writes a chunk; its customers that are there already become rejects. */
  void write(Chunk chunk, List<String> segments) throws SQLException, IOException {
    copyIn(chunk.customers(), segments);
    int inserted = insert();
    List<Reject> rejects = new ArrayList<>(chunk.rejects());
    if (inserted < chunk.customers().size()) {
      rejects.addAll(duplicates(chunk.customers()));
    }
    reject(rejects);
    progress(
        "line = ?, customers = customers + ?, rejects = rejects + ?",
        chunk.lastLine(),
        inserted,
        rejects.size());
    connection.commit();
  }

  /** The file is imported. */
  void finish() throws SQLException {
    progress("finished = true");
    connection.commit();
  }

  private void copyIn(List<Customer> customers, List<String> segments)
      throws SQLException, IOException {
    StringWriter rows = new StringWriter();
    try (CsvWriter csv = CsvWriter.builder().quoteStrategy(QuoteStrategies.EMPTY).build(rows)) {
      for (int i = 0; i < customers.size(); i++) {
        Customer customer = customers.get(i);
        csv.writeRecord(
            Long.toString(customer.id()),
            customer.name(),
            customer.city(),
            customer.amount().toPlainString(),
            segments.get(i),
            Long.toString(customer.line()));
      }
    }
    copy.copyIn(
        "COPY arrived FROM STDIN WITH (FORMAT csv)", new StringReader(rows.toString()), 1 << 16);
  }

  private int insert() throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO customers (id, name, city, amount, segment, file, line)"
                + " SELECT id, name, city, amount, segment, ?, line FROM arrived ORDER BY line"
                + " ON CONFLICT DO NOTHING")) {
      insert.setString(1, file);
      return insert.executeUpdate();
    }
  }

  private List<Reject> duplicates(List<Customer> customers) throws SQLException {
    Map<Long, Customer> byLine = new HashMap<>();
    customers.forEach(customer -> byLine.put(customer.line(), customer));
    List<Reject> duplicates = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT arrived.line, customers.line, customers.file FROM arrived"
                + " JOIN customers USING (id)"
                + " WHERE customers.file <> ? OR customers.line <> arrived.line")) {
      select.setString(1, file);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Customer customer = byLine.get(rows.getLong(1));
          if (customer != null) {
            String where = rows.getString(3).equals(file) ? "" : " of " + rows.getString(3);
            duplicates.add(
                new Reject(
                    customer.line(),
                    "id " + customer.id() + " is there from line " + rows.getLong(2) + where,
                    customer.text()));
          }
        }
      }
    }
    return duplicates;
  }

  private void reject(List<Reject> rejects) throws SQLException {
    if (rejects.isEmpty()) {
      return;
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO import_rejects VALUES (?, ?, ?, ?)")) {
      for (Reject reject : rejects) {
        insert.setString(1, file);
        insert.setLong(2, reject.line());
        insert.setString(3, reject.reason());
        insert.setString(4, reject.row());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void progress(String change, long... values) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE import_files SET " + change + " WHERE file = ?")) {
      for (int i = 0; i < values.length; i++) {
        update.setLong(i + 1, values[i]);
      }
      update.setString(values.length + 1, file);
      update.executeUpdate();
    }
  }

  /** Writes the bad rows into a file, with line, reason and row, in the order of lines. */
  void writeRejects(Path target) throws SQLException, IOException {
    Files.createDirectories(target.toAbsolutePath().getParent());
    try (OutputStream out = Files.newOutputStream(target);
        Statement lines = connection.createStatement()) {
      copy.copyOut(
          "COPY (SELECT line, reason, record AS row FROM import_rejects WHERE file = "
              + lines.enquoteLiteral(file)
              + " ORDER BY line) TO STDOUT WITH (FORMAT csv, HEADER)",
          out);
    } finally {
      connection.rollback();
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
