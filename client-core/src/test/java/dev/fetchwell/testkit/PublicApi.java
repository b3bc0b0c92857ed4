package dev.fetchwell.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a user of the library can name. */
public final class PublicApi {

  private PublicApi() {}

  /** All public types of the packages that the module exports. */
  public static List<Class<?>> types() throws Exception {
    Path classes =
        Path.of(AsyncHttpClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> packages;
    try (InputStream in = Files.newInputStream(classes.resolve("module-info.class"))) {
      packages =
          ModuleDescriptor.read(in).exports().stream()
              .filter(each -> !each.isQualified())
              .map(ModuleDescriptor.Exports::source)
              .toList();
    }
    assertThat(packages).contains("dev.fetchwell", "dev.fetchwell.batch");
    return packages.stream().flatMap(name -> types(classes, name)).toList();
  }

  private static Stream<Class<?>> types(Path classes, String name) {
    try (Stream<Path> files = Files.list(classes.resolve(name.replace('.', '/')))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".class") && !file.startsWith("package-info"))
          .<Class<?>>map(file -> load(name + "." + file.substring(0, file.lastIndexOf('.'))))
          .filter(PublicApi::canBeNamed)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new AssertionError("no classes of " + name + " in " + classes, e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, AsyncHttpClient.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  /** Not what is nested in a type that is ours alone. */
  private static boolean canBeNamed(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || canBeNamed(outer));
  }
}
