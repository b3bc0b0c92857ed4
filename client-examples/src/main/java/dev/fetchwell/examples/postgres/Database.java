package dev.fetchwell.examples.postgres;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** A schema of a PostgreSQL, which is created where it is missing. Thread-safe. */
public final class Database implements AutoCloseable {

  private final String url;
  private final String schema;
  private final PGSimpleDataSource source;
  private final @Nullable EmbeddedServer server;

  private Database(String url, String schema, @Nullable EmbeddedServer server) {
    this.url = url;
    this.schema = schema;
    this.server = server;
    this.source = new PGSimpleDataSource();
    source.setURL(url);
    source.setCurrentSchema(schema);
  }

  /** A server that is there. */
  public static Database existing(String url, String schema) {
    try {
      return created(new Database(url, schema, null));
    } catch (SQLException | IllegalArgumentException e) {
      throw new IllegalStateException(
          "--jdbc: " + e.getMessage() + " (expected: jdbc:postgresql://host/database?user=...)", e);
    }
  }

  /**
   * A server of the example's own, whose data stays in the folder. One that a killed process left
   * behind is taken over, and stopped when this is closed.
   */
  public static Database embedded(Path folder, String schema) {
    EmbeddedServer server = EmbeddedServer.start(folder);
    try {
      return created(new Database(server.url(), schema, server));
    } catch (SQLException e) {
      server.close();
      throw new IllegalStateException("the embedded PostgreSQL refuses: " + e.getMessage(), e);
    }
  }

  private static Database created(Database database) throws SQLException {
    database.execute("CREATE SCHEMA IF NOT EXISTS " + database.schema);
    return database;
  }

  /** How another process connects to it; may have a password. */
  public String url() {
    return url;
  }

  /** New connections, one by one. */
  public DataSource source() {
    return source;
  }

  /** A new connection. */
  public Connection connect() throws SQLException {
    return source.getConnection();
  }

  /** Drops all that is in the schema. */
  public void clear() throws SQLException {
    execute("DROP SCHEMA " + schema + " CASCADE; CREATE SCHEMA " + schema);
  }

  /** Runs statements. */
  public void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The one number that a query gives; 0 if it gives no row. */
  public long number(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }
}
