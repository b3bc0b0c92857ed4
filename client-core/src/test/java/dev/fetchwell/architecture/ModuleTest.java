package dev.fetchwell.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ModuleTest {

  @Test
  void internalPackagesAreNotExported() throws Exception {
    assertThat(descriptor().exports())
        .isNotEmpty()
        .noneMatch(exported -> exported.source().contains("internal"));
    assertThat(descriptor().opens()).isEmpty();
  }

  @Test
  void publicPackagesAreExportedToAll() throws Exception {
    assertThat(descriptor().exports())
        .extracting(ModuleDescriptor.Exports::source)
        .contains(
            "dev.fetchwell",
            "dev.fetchwell.error",
            "dev.fetchwell.http",
            "dev.fetchwell.json",
            "dev.fetchwell.observe",
            "dev.fetchwell.policy");
    assertThat(descriptor().exports()).noneMatch(ModuleDescriptor.Exports::isQualified);
  }

  /**
   * The compiler of a module that reads this one wants to see what is transitive, optional or not.
   */
  @Test
  void whatUsersMayLeaveOutIsNotAskedOfTheirCompiler() throws Exception {
    assertThat(descriptor().requires())
        .filteredOn(required -> required.modifiers().contains(Requires.Modifier.STATIC))
        .filteredOn(required -> required.modifiers().contains(Requires.Modifier.TRANSITIVE))
        .extracting(Requires::name)
        .containsExactly("org.jspecify"); // It comes with the library.
  }

  private static ModuleDescriptor descriptor() throws Exception {
    URI classes = AsyncHttpClient.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (InputStream in = Files.newInputStream(Path.of(classes).resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }
}
