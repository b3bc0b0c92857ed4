package dev.fetchwell.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.fetchwell.error.FetchError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The floors of the library: each package imports from lower ones only. */
class FloorsTest {

  private static final String ROOT = "dev.fetchwell";

  private static final String INTERNAL = ROOT + ".internal";
  private static final String PIPELINE = INTERNAL + ".pipeline";

  /** A room for each concern of a call. */
  private static final List<String> CONCERNS =
      List.of(
          PIPELINE + ".time",
          PIPELINE + ".flight",
          PIPELINE + ".redirect",
          PIPELINE + ".retry",
          PIPELINE + ".hedge",
          PIPELINE + ".prepare",
          PIPELINE + ".cooldown",
          PIPELINE + ".breaker",
          PIPELINE + ".rate",
          PIPELINE + ".permits");

  /** From the ground up; rooms that share a floor do not know each other. */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of(INTERNAL + ".text", INTERNAL + ".async"),
          List.of(ROOT + ".http", ROOT + ".error", ROOT + ".json"),
          List.of(ROOT + ".policy", ROOT + ".observe"),
          List.of(PIPELINE),
          CONCERNS,
          List.of(INTERNAL + ".okhttp"),
          List.of(INTERNAL + ".call"),
          List.of(ROOT),
          List.of(
              ROOT + ".batch",
              ROOT + ".stream",
              ROOT + ".socket",
              ROOT + ".testing",
              ROOT + ".observe.micrometer",
              ROOT + ".observe.otel"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
          .importPackages(ROOT);

  @Test
  void everyPackageHasItsFloor() {
    TreeSet<String> packages = new TreeSet<>();
    CLASSES.forEach(type -> packages.add(type.getPackageName()));

    assertThat(FLOORS.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(packages);
  }

  @Test
  void eachFloorImportsOnlyFromLowerOnes() {
    List<String> higher = new ArrayList<>();
    for (int floor = FLOORS.size() - 1; floor >= 0; floor--) {
      for (String one : FLOORS.get(floor)) {
        List<String> notToKnow = new ArrayList<>(higher);
        FLOORS.get(floor).stream().filter(other -> !other.equals(one)).forEach(notToKnow::add);
        if (!notToKnow.isEmpty()) {
          noClasses()
              .that()
              .resideInAPackage(one)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(notToKnow.toArray(String[]::new))
              .allowEmptyShould(true)
              .check(CLASSES);
        }
      }
      higher.addAll(FLOORS.get(floor));
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().assignedFrom(new EachPackage()).should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void okHttpIsKnownToItsRoomAndTheBuilderOnly() {
    noClasses()
        .that(resideOutside(INTERNAL + ".okhttp").and(isNot(ROOT + ".AsyncHttpClient$Builder")))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("okhttp3..", "okio..")
        .check(CLASSES);
  }

  @Test
  void jacksonIsKnownToTheJsonPackageOnly() {
    DescribedPredicate<JavaClass> jackson =
        resideInAPackage("tools.jackson..").or(resideInAPackage("com.fasterxml.."));
    DescribedPredicate<JavaClass> tree =
        DescribedPredicate.describe(
            "JsonNode", type -> type.getName().equals("tools.jackson.databind.JsonNode"));

    noClasses()
        .that(resideOutside(ROOT + ".json", ROOT))
        .should()
        .dependOnClassesThat(jackson)
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT)
        .should()
        .dependOnClassesThat(jackson.and(DescribedPredicate.not(tree)))
        .check(CLASSES);
  }

  @Test
  void resilience4jIsKnownToTheStagesAndTheFacadeOnly() {
    noClasses()
        .that(
            resideOutside(
                PIPELINE + ".retry",
                PIPELINE + ".breaker",
                PIPELINE + ".permits",
                INTERNAL + ".call",
                ROOT))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.github.resilience4j..")
        .check(CLASSES);
  }

  @Test
  void rootShowsWhatAUserTypesAndNothingElse() {
    Set<String> types = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      if (type.getPackageName().equals(ROOT)
          && type.getModifiers().contains(JavaModifier.PUBLIC)
          && type.getEnclosingClass().isEmpty()) {
        types.add(type.getSimpleName());
      }
    }

    assertThat(types)
        .containsExactly(
            "AsyncHttpClient",
            "Await",
            "BodyReader",
            "Outcome",
            "RequestSpec",
            "Requests",
            "StreamedResponse");
  }

  @Test
  void threadsAreMadeInOneRoomOnly() {
    noClasses()
        .that(resideOutside(INTERNAL + ".async"))
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(INTERNAL + ".async.CallThreads")
        .check(CLASSES);
  }

  @Test
  void onlyTheSealedErrorsAreAbstract() {
    classes()
        .that()
        .haveModifier(JavaModifier.ABSTRACT)
        .and()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .should()
        .beAssignableTo(FetchError.class)
        .check(CLASSES);
  }

  @Test
  void noClassIsAPlaceForAnything() {
    noClasses().should().haveNameMatching(".*(Utils?|Manager|Helper)(\\$.*)?").check(CLASSES);
  }

  @Test
  void everyPackageIsNullMarked() throws Exception {
    TreeSet<String> packages = new TreeSet<>();
    CLASSES.forEach(type -> packages.add(type.getPackageName()));

    for (String name : packages) {
      Class<?> info = Class.forName(name + ".package-info");
      assertThat(info.isAnnotationPresent(NullMarked.class)).as(name).isTrue();
    }
  }

  private static final class EachPackage implements SliceAssignment {

    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }

  private static DescribedPredicate<JavaClass> resideOutside(String... packages) {
    return JavaClass.Predicates.resideOutsideOfPackages(packages);
  }

  private static DescribedPredicate<JavaClass> isNot(String name) {
    return DescribedPredicate.describe("is not " + name, type -> !type.getName().equals(name));
  }
}
