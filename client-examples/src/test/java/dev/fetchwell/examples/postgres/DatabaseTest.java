package dev.fetchwell.examples.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatabaseTest {

  @TempDir Path folder;

  @Test
  void postgresThatCannotStartSaysWhatToDo() throws Exception {
    Files.writeString(Files.createDirectories(folder.resolve("data")).resolve("junk"), "x");
    assertThatThrownBy(() -> Database.embedded(folder, "mine"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot be started in " + folder)
        .hasMessageContaining("--jdbc")
        .hasMessageContaining("user namespaces");
  }

  @Test
  void serverThatIsNotThereSaysWhatIsExpected() {
    assertThatThrownBy(() -> Database.existing("jdbc:postgresql://127.0.0.1:1/x?user=me", "mine"))
        .hasMessageContaining("--jdbc")
        .hasMessageContaining("127.0.0.1:1");
    assertThatThrownBy(() -> Database.existing("postgres://x", "mine"))
        .hasMessageContaining("expected: jdbc:postgresql://host/database");
  }
}
