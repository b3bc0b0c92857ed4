package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "GET https://h/a?b=***: ok ~", "grün, 日本語, ελληνικά", "a😀b", "a\\b"})
  void whatCanBeReadStaysAsItIs(String text) {
    assertThat(Printable.of(text)).isSameAs(text);
  }

  @Test
  void whatCannotBeSeenIsEscaped() {
    assertThat(Printable.of("a\r\nb\0c\u001b[31md\te\u007f\u009b"))
        .isEqualTo("a\\u000D\\u000Ab\\u0000c\\u001B[31md\\u0009e\\u007F\\u009B");
    assertThat(Printable.of("\u202e\u2066\u200b\ufeff\u2028\u2029\u00a0\u00ad"))
        .isEqualTo("\\u202E\\u2066\\u200B\\uFEFF\\u2028\\u2029\\u00A0\\u00AD");
    assertThat(Printable.of("x\ud83d" + "y\ude00z")).isEqualTo("x\\uD83Dy\\uDE00z");
    assertThat(Printable.of("\udb40\udc41\ue000")).isEqualTo("\\uDB40\\uDC41\\uE000");
  }
}
