package dev.fetchwell.examples.postgres;

import dev.fetchwell.examples.console.OnExit;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL that this process starts and stops. It is a process of its own: if this one is
 * killed it runs on, and the next one that uses the folder takes it over.
 */
final class EmbeddedServer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FileChannel lock;
  private final String url;
  private final @Nullable EmbeddedPostgres started;
  private final @Nullable ProcessHandle found;
  private final OnExit exit = OnExit.run(this::close);

  private EmbeddedServer(
      FileChannel lock,
      String url,
      @Nullable EmbeddedPostgres started,
      @Nullable ProcessHandle found) {
    this.lock = lock;
    this.url = url;
    this.started = started;
    this.found = found;
  }

  static EmbeddedServer start(Path folder) {
    try {
      Path absolute = folder.toAbsolutePath();
      Files.createDirectories(absolute);
      FileChannel lock = lock(absolute.resolve("lock"));
      try {
        return startLocked(absolute.resolve("data"), lock);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException(
          "PostgreSQL cannot be started in "
              + folder
              + ": "
              + reason(e)
              + " (give an existing one with --jdbc; as root, it needs user namespaces, which"
              + " some containers forbid: run this as another user there)",
          e);
    }
  }

  private static String reason(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  /** Held by this process for as long as it lives, and by nobody once it is dead. */
  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock held = channel.tryLock();
      if (held != null) {
        return channel;
      }
    } catch (OverlappingFileLockException inThisProcess) {
      // Told below.
    }
    channel.close();
    throw new IOException("another example uses it at this moment");
  }

  private static EmbeddedServer startLocked(Path data, FileChannel lock) throws IOException {
    Optional<EmbeddedServer> left = left(data, lock);
    if (left.isPresent()) {
      return left.get();
    }
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setLocaleConfig("locale", "C")
            .setServerConfig("listen_addresses", "localhost")
            .setPGStartupWait(PATIENCE)
            .setRegisterShutdownHook(false) // It would not wait for those who use the database.
            .start();
    return new EmbeddedServer(lock, postgres.getJdbcUrl("postgres", "postgres"), postgres, null);
  }

  /** The server of a process that was killed, if it still runs. */
  private static Optional<EmbeddedServer> left(Path data, FileChannel lock) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    if (!Files.exists(pidFile)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(pidFile); // Process, folder, start time, port, ...
    if (lines.size() < 4) {
      return Optional.empty();
    }
    String url = "jdbc:postgresql://localhost:" + lines.get(3).strip() + "/postgres?user=postgres";
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .filter(process -> serves(url, data))
        .map(process -> new EmbeddedServer(lock, url, null, process));
  }

  private static boolean serves(String url, Path data) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setURL(url);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        ResultSet folder = statement.executeQuery("SHOW data_directory")) {
      return folder.next() && Path.of(folder.getString(1)).equals(data);
    } catch (SQLException nobody) {
      return false;
    }
  }

  String url() {
    return url;
  }

  @Override
  public void close() {
    exit.done();
    try (lock) {
      if (started != null) {
        started.close();
      }
      if (found != null) {
        found.destroy(); // It ends as soon as nobody is connected.
        var unused = found.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("PostgreSQL cannot be stopped: " + e, e);
    }
  }
}
