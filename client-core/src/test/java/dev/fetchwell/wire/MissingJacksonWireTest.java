package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testkit.ClassPathWithout;
import org.junit.jupiter.api.Test;

/** The client in programs whose dependency management left them with other Jacksons, or none. */
class MissingJacksonWireTest {

  private static final String JACKSON_3 = "tools\\.jackson\\..*";
  private static final String JACKSON_2 = "com\\.fasterxml\\.jackson\\.(core|databind)\\..*";

  /** jackson-annotations from before 2.21, as Spring Boot 3.5.0 to 3.5.10 manage it. */
  private static final String NEWER_ANNOTATIONS =
      "com\\.fasterxml\\.jackson\\.annotation\\.JsonSerializeAs";

  @Test
  void everythingIsThere() throws Exception {
    try (ClassPathWithout program = new ClassPathWithout("nothing")) {
      assertThat(program.call(JsonProgram.class, "value")).isEqualTo("User[name=Ada] after 1");
      assertThat(program.call(JsonProgram.class, "tree")).isEqualTo("{\"name\":\"Ada\"} after 1");
    }
  }

  @Test
  void olderAnnotationsLeaveJackson2() throws Exception {
    try (ClassPathWithout program = new ClassPathWithout(NEWER_ANNOTATIONS)) {
      assertThat(program.call(JsonProgram.class, "value")).isEqualTo("User[name=Ada] after 1");
      assertThat(program.call(JsonProgram.class, "posted")).isEqualTo("User[name=Ada] after 1");
      assertThat(program.call(JsonProgram.class, "later")).isEqualTo("User[name=Ada] after 1");
      assertThat(program.call(JsonProgram.class, "tree"))
          .asString()
          .startsWith("InvalidRequestError: ")
          .contains("JsonSerializeAs", "com.fasterxml.jackson.core:jackson-annotations 2.21")
          .contains("com.fasterxml.jackson.databind.JsonNode")
          .endsWith(" after 0");
    }
  }

  @Test
  void jackson2AloneIsEnough() throws Exception {
    try (ClassPathWithout program = new ClassPathWithout(JACKSON_3)) {
      assertThat(program.call(JsonProgram.class, "value")).isEqualTo("User[name=Ada] after 1");
      assertThat(program.call(JsonProgram.class, "reflected")).isEqualTo("seen");
      assertThat(program.call(JsonProgram.class, "tree"))
          .asString()
          .startsWith("InvalidRequestError: ")
          .contains("tools.jackson.core:jackson-databind")
          .endsWith(" after 0");
    }
  }

  @Test
  void withoutAnyJacksonOnlyJsonFailsTypedAndUnsent() throws Exception {
    try (ClassPathWithout program = new ClassPathWithout(JACKSON_3 + "|" + JACKSON_2)) {
      assertThat(program.call(JsonProgram.class, "text")).isEqualTo("{\"name\":\"Ada\"} after 1");
      for (String method : new String[] {"value", "tree", "posted", "posting"}) {
        assertThat(program.call(JsonProgram.class, method))
            .asString()
            .as(method)
            .startsWith("InvalidRequestError: ")
            .contains("tools.jackson.core:jackson-databind")
            .endsWith(" after 0");
      }
      assertThat(program.call(JsonProgram.class, "later"))
          .asString()
          .startsWith("DecodeError: ")
          .contains("no usable JSON library", "tools.jackson.core:jackson-databind");
      assertThat(program.call(JsonProgram.class, "reflected")).isEqualTo("seen");
    }
  }

  @Test
  void withOlderAnnotationsAndNoJackson2TheErrorNamesThem() throws Exception {
    try (ClassPathWithout program = new ClassPathWithout(NEWER_ANNOTATIONS + "|" + JACKSON_2)) {
      assertThat(program.call(JsonProgram.class, "posted"))
          .asString()
          .startsWith("InvalidRequestError: ")
          .contains("JsonSerializeAs", "com.fasterxml.jackson.core:jackson-annotations 2.21")
          .endsWith(" after 0");
      assertThat(program.call(JsonProgram.class, "text")).isEqualTo("{\"name\":\"Ada\"} after 1");
    }
  }
}
