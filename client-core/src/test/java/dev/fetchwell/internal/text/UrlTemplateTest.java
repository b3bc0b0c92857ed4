package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {

  static Stream<Arguments> expansions() {
    return Stream.of(
        Arguments.of("/users/{id}/orders", "7", "/users/7/orders"),
        Arguments.of("/{a}", "a b", "/a%20b"),
        Arguments.of("/{a}", "a/b?c#d", "/a%2Fb%3Fc%23d"),
        Arguments.of("/{a}", "ü€😀", "/%C3%BC%E2%82%AC%F0%9F%98%80"),
        Arguments.of("/{a}", "-._~", "/-._~"),
        Arguments.of("/{a}", "100%", "/100%25"),
        Arguments.of("/{a}", "$1\\", "/%241%5C"),
        Arguments.of("/{a}", "{b}", "/%7Bb%7D"),
        Arguments.of("/{a}", "", "/"),
        Arguments.of("/?q={q.x-1_y}", "a&b=c+d", "/?q=a%26b%3Dc%2Bd"),
        Arguments.of("/{a}", "...", "/..."));
  }

  @ParameterizedTest
  @MethodSource("expansions")
  void valueIsEncodedIntoItsPlace(String template, String value, String expected) {
    assertThat(UrlTemplate.expand(template, value)).isEqualTo(expected);
  }

  @Test
  void valuesAreTakenInOrder() {
    assertThat(UrlTemplate.expand("/{a}/{b}/{a}", 1, 2L, 'c')).isEqualTo("/1/2/c");
  }

  @Test
  void templateWithoutPlacesStaysAsItIs() {
    assertThat(UrlTemplate.expand("/a{}b{ c }")).isEqualTo("/a{}b{ c }");
  }

  @Test
  void missingValueNamesItsPlace() {
    assertThatThrownBy(() -> UrlTemplate.expand("/{a}/{b}", "secret"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no value for {b} (expected: one value for each place)");
  }

  @Test
  void valueWithoutAPlaceIsAnError() {
    assertThatThrownBy(() -> UrlTemplate.expand("/{a}", "x", "y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 template values for 1 places (expected: one for each place)");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void dotSegmentIsRefusedAsAValue(String value) {
    assertThatThrownBy(() -> UrlTemplate.expand("/users/{id}/orders", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: no dot segment");
  }
}
