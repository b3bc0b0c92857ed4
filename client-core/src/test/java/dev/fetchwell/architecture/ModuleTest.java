package dev.fetchwell.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
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

  private static ModuleDescriptor descriptor() throws Exception {
    URI classes = AsyncHttpClient.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    try (InputStream in = Files.newInputStream(Path.of(classes).resolve("module-info.class"))) {
      return ModuleDescriptor.read(in);
    }
  }
}
