package dev.fetchwell.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What both codecs say is wrong; what the text holds is nowhere in it. */
class CodecProblemsTest {

  private static final List<JsonCodec> CODECS = List.of(new JacksonCodec(), new JacksonCodec2());

  record User(String name, int age, List<Address> addresses, Map<String, Address> more) {}

  record Address(int zip, @JsonProperty("the_street") Integer street) {}

  record Dates(Instant at, Optional<Integer> count) {}

  record Checked(int value) {
    Checked {
      throw new IllegalArgumentException("hidden " + value);
    }
  }

  static final class AnyName {
    @JsonAnySetter
    public void set(String name, int value) {
      assertThat(name).isNotNull();
    }
  }

  static final class Bean {
    public int value;

    private Bean() {}
  }

  static final class NoConstructor {
    @SuppressWarnings("unused")
    private NoConstructor(int first, String second) {}
  }

  @SuppressWarnings("ClassCanBeStatic") // It is what should be refused.
  class Inner {}

  interface Shape {}

  record Failing(boolean fails) {
    public String getName() {
      if (fails) {
        throw new IllegalStateException("hidden");
      }
      return "";
    }
  }

  enum Color {
    RED
  }

  record Case(String json, Class<?> type, String problem) {}

  static final List<Case> CASES =
      List.of(
          new Case("{\"age\":\"hidden\"}", User.class, "$.age: a string where int was expected"),
          new Case("{\"age\":null}", User.class, "$.age: null, or nothing, where int was"),
          new Case("{}", Address.class, "$.zip: null, or nothing, where int was expected"),
          new Case(
              "{\"addresses\":[{\"zip\":1},{\"zip\":{\"hidden\":1}}]}",
              User.class,
              "$.addresses[1].zip: an object where int was expected, at line 1, column "),
          new Case(
              "{\"addresses\":[{\"the_street\":[]}]}",
              User.class,
              "$.addresses[0].the_street: an array where java.lang.Integer was expected"),
          new Case("{\"more\":{\"hidden\":{\"zip\":\"x\"}}}", User.class, "$.more.*.zip: a string"),
          new Case("{\"hidden\":\"x\"}", AnyName.class, "$.*: a string where int was expected"),
          new Case("[\"hidden\"]", User.class, "an array where dev.fetchwell.json."),
          new Case("\"hidden\"", Color.class, "a string where dev.fetchwell.json."),
          new Case("hidden", User.class, "not JSON, at line 1, column "),
          new Case("<hidden>", User.class, "not JSON, at line 1, column 1"),
          new Case("{\"addresses\":[{\"zip\":hidden", User.class, "$.addresses[0]: not JSON, at "),
          new Case("{\"addresses\":[{\"zip\":1", User.class, "the JSON ends too early, at line 1"),
          new Case("  ", User.class, "the JSON ends too early"),
          new Case("{} {}", Map.class, "something stands behind the JSON value"),
          new Case("[".repeat(501), Object.class, "over one of the codec's limits"),
          new Case("{\"value\":1}", Checked.class, "threw java.lang.IllegalArgumentException"),
          new Case("{\"at\":\"hidden\"}", Dates.class, "$.at: a string where java.time.Instant"),
          new Case(
              "{\"a\":1}",
              NoConstructor.class,
              "NoConstructor, at line 1, column 2 (expected: a record, or a class with a"
                  + " constructor without arguments, or @JsonCreator on one)"),
          new Case("{}", Inner.class, "(expected: a static class, as an inner one needs"),
          new Case("{}", Shape.class, "(expected: a class that is not abstract, or @JsonTypeInfo"));

  @ParameterizedTest
  @FieldSource("CASES")
  void bothCodecsSayWhereAndWhatAndQuoteNothing(Case one) {
    for (JsonCodec codec : CODECS) {
      JsonCodecException thrown = thrown(codec, one.json, one.type);
      assertThat(thrown)
          .as(codec.getClass().getSimpleName())
          .hasMessageContaining(one.problem)
          .hasMessageNotContaining("hidden");
      assertThat(thrown.getCause()).as("what Jackson threw").isNotNull();
    }
  }

  static Stream<JsonCodec> codecs() {
    return CODECS.stream();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void bothCodecsTakeAndGiveTheSame(JsonCodec codec) {
    String json = "{\"at\":\"2020-01-01T00:00:00Z\",\"count\":3,\"unknown\":[]}";
    assertThat(decoded(codec, json, Dates.class))
        .isEqualTo(new Dates(Instant.parse("2020-01-01T00:00:00Z"), Optional.of(3)));
    assertThat(new String(codec.encode(new Dates(Instant.EPOCH, Optional.of(1))), UTF_8))
        .isEqualTo("{\"at\":\"1970-01-01T00:00:00Z\",\"count\":1}");
    assertThat(new String(codec.encode(new Object()), UTF_8)).isEqualTo("{}");
    assertThat(decoded(codec, "[".repeat(500) + "]".repeat(500), Object.class)).isNotNull();
    assertThat(decoded(codec, "null", User.class)).isNull();
    assertThat(decoded(codec, "{\"value\":3}", Bean.class))
        .isInstanceOfSatisfying(Bean.class, bean -> assertThat(bean.value).isEqualTo(3));
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void encodingSaysWhere(JsonCodec codec) {
    Object value = new Failing(true);
    JsonCodecException thrown =
        catchThrowableOfType(JsonCodecException.class, () -> codec.encode(Map.of("a", value)));
    assertThat(thrown).hasMessageContaining(": IllegalStateException");
    assertThat(thrown).hasMessageNotContaining("hidden");
  }

  @Test
  void treeOfTheOtherJacksonIsToldApart() {
    assertThat(thrown(CODECS.get(0), "{}", com.fasterxml.jackson.databind.JsonNode.class))
        .hasMessageContaining("a type of Jackson 3, as this codec is");
    assertThat(thrown(CODECS.get(1), "{}", tools.jackson.databind.JsonNode.class))
        .hasMessageContaining("a type of Jackson 2, as this codec is");
  }

  @Test
  void jackson2WithoutItsModulesSaysWhichToAdd() {
    JsonCodec bare = new JacksonCodec2(new com.fasterxml.jackson.databind.ObjectMapper());
    assertThat(thrown(bare, "{\"at\":\"x\"}", Dates.class))
        .hasMessageContaining("$.at: ")
        .hasMessageContaining(
            "(expected: add com.fasterxml.jackson.datatype:jackson-datatype-jsr310)");
    assertThat(thrown(bare, "{\"count\":1}", Dates.class)).hasMessageContaining("(expected: add ");
  }

  @Test
  void longPathIsCut() {
    String deep = "{\"addresses\":".repeat(30) + "1" + "}".repeat(30);
    record Node(List<Node> addresses) {}
    JsonCodecException thrown =
        thrown(
            CODECS.get(0),
            deep.replace("{\"addresses\":", "{\"addresses\":[").replace("}", "]}"),
            Node.class);
    assertThat(String.valueOf(thrown.getMessage())).contains("...").hasSizeLessThan(400);
  }

  @Test
  void namesOfTheTextAreNotShownByAStrictMapperEither() {
    JsonCodec strict =
        new JacksonCodec2(
            new com.fasterxml.jackson.databind.ObjectMapper()
                .enable(
                    com.fasterxml.jackson.databind.DeserializationFeature
                        .FAIL_ON_UNKNOWN_PROPERTIES));
    assertThat(thrown(strict, "{\"hidden\":1}", Address.class))
        .hasMessageContaining("$.*: ")
        .hasMessageContaining("Address has no such property")
        .hasMessageNotContaining("hidden");
  }

  private static @Nullable Object decoded(JsonCodec codec, String json, Class<?> type) {
    return codec.decode(json.getBytes(UTF_8), type);
  }

  private static JsonCodecException thrown(JsonCodec codec, String json, Class<?> type) {
    return catchThrowableOfType(JsonCodecException.class, () -> decoded(codec, json, type));
  }
}
