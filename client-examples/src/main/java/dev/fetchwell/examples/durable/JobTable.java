package dev.fetchwell.examples.durable;

import dev.fetchwell.examples.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Jobs as rows. Whoever takes one moves its {@code due} to the end of a lease, so nobody else sees
 * it until then; who dies loses the lease by letting it run out. All times are the database's.
 * Confined to one thread.
 */
final class JobTable implements AutoCloseable {

  private static final String TABLE =
      """
      CREATE TABLE IF NOT EXISTS jobs (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key text NOT NULL UNIQUE, payload text NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dead')),
        run int NOT NULL DEFAULT 0, due timestamptz NOT NULL DEFAULT now(), owner text, error text);
      CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due) WHERE state = 'open';
      """;

  /** SKIP LOCKED: two processes that ask at the same moment get different jobs, and none waits. */
  private static final String TAKE =
      """
      WITH next AS MATERIALIZED (
        SELECT id FROM jobs WHERE state = 'open' AND due <= now()
        ORDER BY due LIMIT ? FOR UPDATE SKIP LOCKED)
      UPDATE jobs SET due = now() + ? * interval '1 millisecond', run = run + 1, owner = ?
      FROM next WHERE jobs.id = next.id
      RETURNING jobs.id, key, payload, run
      """;

  private static final String MINE = " WHERE id = ? AND run = ? AND state = 'open'";

  private final Connection connection;
  private final String owner;

  JobTable(Database database, String owner) throws SQLException {
    this.connection = database.connect();
    this.owner = owner;
    connection.setAutoCommit(false);
  }

  static void create(Database database) throws SQLException {
    // One at a time: PostgreSQL may else refuse the second of two who create the same table.
    database.execute("BEGIN; SELECT pg_advisory_xact_lock(20261121); " + TABLE + " COMMIT");
  }

  int add(Collection<Job> jobs) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO jobs (key, payload) SELECT * FROM unnest(?::text[], ?::text[])"
                + " ON CONFLICT DO NOTHING")) {
      insert.setArray(1, connection.createArrayOf("text", jobs.stream().map(Job::key).toArray()));
      insert.setArray(
          2, connection.createArrayOf("text", jobs.stream().map(Job::payload).toArray()));
      int added = insert.executeUpdate();
      connection.commit();
      return added;
    }
  }

  List<Claim> take(int most, Duration lease) throws SQLException {
    List<Claim> claims = new ArrayList<>();
    try (PreparedStatement update = connection.prepareStatement(TAKE)) {
      update.setInt(1, most);
      update.setLong(2, lease.toMillis());
      update.setString(3, owner);
      try (ResultSet rows = update.executeQuery()) {
        while (rows.next()) {
          Job job = new Job(rows.getString(2), rows.getString(3));
          claims.add(new Claim(rows.getLong(1), job, rows.getInt(4)));
        }
      }
    }
    connection.commit();
    return claims;
  }

  /** Makes the leases last longer. */
  void extend(Collection<Claim> claims, Duration lease) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE jobs SET due = now() + ? * interval '1 millisecond'" + MINE)) {
      for (Claim claim : claims) {
        update.setLong(1, lease.toMillis());
        key(update, 2, claim);
        update.addBatch();
      }
      update.executeBatch();
    }
    connection.commit();
  }

  /**
   * Writes what came out, all or nothing; how many of them were no longer this process's to end.
   */
  int end(Collection<Ending> endings) throws SQLException {
    int late = 0;
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE jobs SET state = ?, error = ?, due = now() + ? * interval '1 millisecond',"
                + " owner = CASE WHEN ? = 'open' THEN NULL ELSE owner END"
                + MINE)) {
      for (Ending ending : endings) {
        update.setString(1, ending.state());
        update.setString(2, ending.error());
        update.setLong(3, ending.again().toMillis());
        update.setString(4, ending.state());
        key(update, 5, ending.claim());
        update.addBatch();
      }
      for (int updated : update.executeBatch()) {
        late += updated == 0 ? 1 : 0;
      }
    }
    connection.commit();
    return late;
  }

  private static void key(PreparedStatement update, int from, Claim claim) throws SQLException {
    update.setLong(from, claim.id());
    update.setInt(from + 1, claim.run());
  }

  JobCounts count() throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                "SELECT count(*) FILTER (WHERE state = 'open'),"
                    + " count(*) FILTER (WHERE state = 'done'),"
                    + " count(*) FILTER (WHERE state = 'dead') FROM jobs");
        ResultSet row = select.executeQuery()) {
      row.next();
      JobCounts counts = new JobCounts(row.getLong(1), row.getLong(2), row.getLong(3));
      connection.commit();
      return counts;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
