package dev.fetchwell.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.fetchwell.AsyncHttpClient;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What GraalVM's native-image is told: each entry exists, and each place of the library that looks
 * something up by its name has told of it. No image is built.
 */
class NativeImageMetadataTest {

  private static final String FILE =
      "/META-INF/native-image/dev.fetchwell/client-core/reachability-metadata.json";

  private static final String SERVICES = "/META-INF/services/";

  /** Jackson looks into a record of its own; whatever else it is given is the caller's. */
  private static final String PROBING = "dev.fetchwell.internal.pipeline.DefaultCodec";

  private static final Pattern CLASS_NAME =
      Pattern.compile("[a-z]\\w*(\\.[a-z]\\w*)+\\.[A-Z]\\w*(\\$[A-Z]\\w*)*");

  /** What finds a class, a member or a resource by its name; a type, and its methods' names. */
  private static final Map<String, String> LOOKUPS =
      Map.ofEntries(
          Map.entry(
              "java.lang.Class",
              "forName|newInstance|getResource.*|get(Declared)?(Method|Field|Constructor)s?"),
          Map.entry("java.lang.ClassLoader", "loadClass|findClass|get.*Resource.*|resources"),
          Map.entry("java.lang.Module", "getResource.*"),
          Map.entry("java.lang.invoke.MethodHandles$Lookup", "find.*|unreflect.*|in"),
          Map.entry("java.lang.reflect.Proxy", "newProxyInstance|getProxyClass"),
          Map.entry("java.util.ServiceLoader", "load.*"),
          Map.entry("java.util.ResourceBundle", "getBundle"));

  private final JsonNode metadata = new JsonMapper().readTree(bytes(FILE));

  @Test
  void fileHasOnlyWhatItsSchemaKnows() {
    assertThat(metadata.propertyNames()).isSubsetOf("comment", "reflection", "resources");
    for (JsonNode entry : metadata.get("reflection")) {
      assertThat(entry.propertyNames())
          .contains("type", "condition")
          .isSubsetOf(
              "reason",
              "condition",
              "type",
              "methods",
              "fields",
              "allDeclaredConstructors",
              "allDeclaredMethods",
              "allDeclaredFields");
    }
    for (JsonNode entry : metadata.get("resources")) {
      assertThat(entry.propertyNames()).containsExactlyInAnyOrder("condition", "glob");
      assertThat(NativeImageMetadataTest.class.getResource("/" + entry.get("glob").asString()))
          .isNotNull();
    }
  }

  @Test
  void everyClassMethodAndFieldExists() throws Exception {
    for (JsonNode entry : metadata.get("reflection")) {
      assertThat(type(entry.get("condition").get("typeReached").asString())).isNotNull();
      if (isKnownHere(entry.get("type").asString())) {
        Class<?> type = type(entry.get("type").asString());
        for (JsonNode method : entry.path("methods")) {
          assertThat(has(type, method)).as("%s: %s", type, method).isTrue();
        }
        for (JsonNode field : entry.path("fields")) {
          assertThat(type.getDeclaredField(field.get("name").asString())).isNotNull();
        }
      }
    }
  }

  @Test
  void everyClassThatLooksSomethingUpByNameIsACondition() {
    Set<String> looking = new TreeSet<>();
    for (JavaClass type : libraryClasses()) {
      boolean looks =
          type.getAccessesFromSelf().stream().anyMatch(access -> isLookup(access.getTarget()));
      if (looks) {
        looking.add(type.getName());
      }
    }
    looking.add(PROBING);

    Set<String> conditions = new TreeSet<>();
    for (JsonNode entry : metadata.get("reflection")) {
      conditions.add(entry.get("condition").get("typeReached").asString());
    }
    for (JsonNode entry : metadata.get("resources")) {
      conditions.add(entry.get("condition").get("typeReached").asString());
    }
    assertThat(conditions).isEqualTo(looking);
  }

  @Test
  void namesInThoseClassesAreTheNamesInTheFile() throws Exception {
    for (JsonNode entry : metadata.get("reflection")) {
      String condition = entry.get("condition").get("typeReached").asString();
      Set<String> texts = ConstantTexts.of(type(condition));

      assertThat(texts).containsAll(members(entry));
      assertThat(texts.stream().filter(text -> CLASS_NAME.matcher(text).matches()))
          .as("classes that %s looks for", condition)
          .isSubsetOf(typesUnder(condition));
    }
  }

  @Test
  void everyServiceOfTheLibraryIsThere() {
    for (JsonNode entry : metadata.get("resources")) {
      String file = "/" + entry.get("glob").asString();
      if (file.startsWith(SERVICES)) {
        String provider = new String(bytes(file), StandardCharsets.UTF_8).strip();
        assertThat(typesUnder(entry.get("condition").get("typeReached").asString()))
            .contains(provider);
      }
    }
  }

  private static boolean isLookup(AccessTarget target) {
    String names = LOOKUPS.get(target.getOwner().getName());
    return names != null && target.getName().matches(names);
  }

  /** What is called by its name; a constructor has none. */
  private static List<String> members(JsonNode entry) {
    List<String> names = new ArrayList<>();
    for (String kind : List.of("methods", "fields")) {
      for (JsonNode member : entry.path(kind)) {
        names.add(member.get("name").asString());
      }
    }
    names.remove("<init>");
    return names;
  }

  private List<String> typesUnder(String condition) {
    List<String> types = new ArrayList<>();
    for (JsonNode entry : metadata.get("reflection")) {
      if (entry.get("condition").get("typeReached").asString().equals(condition)) {
        types.add(entry.get("type").asString());
      }
    }
    return types;
  }

  /** What the JDK has since the version from which on it is looked for. */
  private static boolean isKnownHere(String type) {
    return !type.startsWith("java.") || Runtime.version().feature() >= 24;
  }

  private static boolean has(Class<?> type, JsonNode method) {
    String name = method.get("name").asString();
    List<String> parameters = new ArrayList<>();
    method.get("parameterTypes").forEach(parameter -> parameters.add(parameter.asString()));
    return Stream.concat(
            Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()))
        .filter(one -> one.getName().equals(name.equals("<init>") ? type.getName() : name))
        .anyMatch(
            one ->
                Stream.of(one.getParameterTypes()).map(Class::getName).toList().equals(parameters));
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(name, false, AsyncHttpClient.class.getClassLoader());
  }

  private static JavaClasses libraryClasses() {
    return new ClassFileImporter()
        .importUrl(AsyncHttpClient.class.getProtectionDomain().getCodeSource().getLocation());
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = NativeImageMetadataTest.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    } catch (Exception missing) {
      throw new AssertionError(resource, missing);
    }
  }
}
