package dev.fetchwell.examples.postgres;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Which PostgreSQL an example uses. A picocli mixin. */
public final class DatabaseOptions {

  /** What other users of the machine do not see, as they see a command line. */
  public static final String VARIABLE = "FETCHWELL_JDBC";

  private static final Path FOLDER = Path.of("target", "postgres-18");

  @Option(
      names = "--jdbc",
      defaultValue = "${env:" + VARIABLE + "}",
      showDefaultValue = Visibility.NEVER,
      description = {
        "An existing PostgreSQL: jdbc:postgresql://host/database?user=...&password=...;",
        "or the environment variable " + VARIABLE + ". Default: one is started, in target/."
      })
  private @Nullable String jdbc;

  /**
   * Opens the database.
   *
   * @param schema where the example's tables are; it touches no other ones
   */
  public Database open(String schema) {
    return jdbc == null || jdbc.isEmpty()
        ? Database.embedded(FOLDER, schema)
        : Database.existing(jdbc, schema);
  }
}
