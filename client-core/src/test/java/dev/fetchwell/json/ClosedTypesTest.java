package dev.fetchwell.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Types that Jackson cannot make as they are, of a named module and of Kotlin. */
class ClosedTypesTest {

  @TempDir Path folder;

  static JsonCodec[] codecs() {
    return new JsonCodec[] {new JacksonCodec(), new JacksonCodec2()};
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void closedPackageOfAModuleIsToBeOpened(JsonCodec codec) throws Exception {
    Class<?> user = typeOfAModule("class User { private int age; }", "User");
    assertThat(problem(codec, user, "{\"age\":1}"))
        .contains("(expected: 'opens app.model;' in the module-info of app)");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void recordOfAClosedPackageIsToBeOpened(JsonCodec codec) throws Exception {
    Class<?> user = typeOfAModule("record User(int age) {}", "User");
    assertThat(problem(codec, user, "{\"age\":1}")).contains("'opens app.model;'");
  }

  @Test
  void openPackageNeedsNothing() throws Exception {
    compiled("module app { opens app.model; }", "record User(int age) {}");
    assertThat(new JacksonCodec().decode("{\"age\":7}".getBytes(UTF_8), loaded("User")))
        .hasToString("User[age=7]");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void kotlinClassNeedsItsModule(JsonCodec codec) {
    assertThat(problem(codec, kotlin.Pair.class, "{\"first\":1,\"second\":2}"))
        .contains("a Kotlin class needs Jackson's Kotlin module: add ")
        .contains(":jackson-module-kotlin, and set codec(new " + codec.getClass().getSimpleName());
  }

  private Class<?> typeOfAModule(String source, String name) throws Exception {
    compiled("module app {}", source);
    return loaded(name);
  }

  private void compiled(String moduleInfo, String source) throws IOException {
    Path info = Files.writeString(folder.resolve("module-info.java"), moduleInfo);
    Path type = Files.writeString(folder.resolve("User.java"), "package app.model; " + source);
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    String out = folder.resolve("classes").toString();
    int code = compiler.run(null, null, null, "-d", out, info.toString(), type.toString());
    assertThat(code).isZero();
  }

  private Class<?> loaded(String name) throws ClassNotFoundException {
    ModuleLayer boot = ModuleLayer.boot();
    Configuration configuration =
        boot.configuration()
            .resolve(ModuleFinder.of(folder.resolve("classes")), ModuleFinder.of(), Set.of("app"));
    ClassLoader parent = ClosedTypesTest.class.getClassLoader();
    return boot.defineModulesWithOneLoader(configuration, parent)
        .findLoader("app")
        .loadClass("app.model." + name);
  }

  private static String problem(JsonCodec codec, Class<?> type, String json) {
    JsonCodecException thrown =
        catchThrowableOfType(
            JsonCodecException.class, () -> codec.decode(json.getBytes(UTF_8), type));
    return String.valueOf(thrown.getMessage());
  }
}
