package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.exc.StreamReadException;

class CauseTextTest {

  @Test
  void typeAndText() {
    assertThat(of("no bean named x")).isEqualTo("java.lang.IllegalStateException: no bean named x");
    assertThat(CauseText.of(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cannot call https://bob:hidden@h/a?key=hidden#hidden today",
        "Authorization: Basic hidden",
        "sent Bearer hidden",
        "{\"password\": \"hidden\"}",
        "X-Api-Key value: hidden hidden",
        "api_key=hidden",
        "Unexpected char 0x0a at 3 in X-Own value: hidden\nhidden",
        "token = hidden"
      })
  void whatLooksLikeACredentialIsHidden(String text) {
    assertThat(of(text)).contains("***").doesNotContain("hidden");
  }

  @Test
  void textIsOneLineAndCut() {
    assertThat(of("a\r\n b\u001b")).endsWith(": a b\\u001B");
    assertThat(of("x".repeat(10_000))).hasSizeLessThan(300).endsWith("...");
  }

  @Test
  void libraryThatQuotesWhatItReadIsNotQuoted() {
    assertThat(CauseText.of(new StreamReadException(null, "Unrecognized token 'hidden'")))
        .isEqualTo("tools.jackson.core.exc.StreamReadException");
  }

  @Test
  void exceptionThatThrowsItselfIsShownByItsType() {
    IllegalStateException thrown =
        new IllegalStateException() {
          @Override
          public String getMessage() {
            throw new StackOverflowError();
          }
        };
    assertThat(CauseText.of(thrown)).isEqualTo(thrown.getClass().getName());
  }

  private static String of(String text) {
    return CauseText.of(new IllegalStateException(text));
  }
}
