package dev.fetchwell.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nX-Evil: 1", "a\rb", "a\nb", "a\u0000b", "ü", "\u007f", "\u2028", "😀"})
  void valueThatIsNotAllowedOnTheWireIsRefusedWithoutBeingShown(String value) {
    assertThatThrownBy(() -> new Header("X-A", "hidden" + value, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header X-A has the character U+")
        .hasMessageContaining("(expected: visible ASCII, space or tab)")
        .hasMessageNotContaining("hidden");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "X A", "X-A:", "X\r\nY", "Ü", "X(A)", "a\u0000", "X-A\t"})
  void nameThatIsNoTokenIsRefused(String name) {
    assertThatThrownBy(() -> new Header(name, "hidden", false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("header name is not an HTTP token")
        .hasMessageNotContaining("hidden")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b\tc", "~!@#$%^&*()\"'", "text/html; charset=utf-8"})
  void visibleAsciiIsAllowed(String value) {
    assertThat(new Header("X-A", value, false)).hasToString("X-A: " + value);
  }

  @Test
  void secretIsNeverShown() {
    assertThat(new Header("X-A", "hidden", true)).hasToString("X-A: ***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "PROXY-AUTHORIZATION",
        "Cookie",
        "X-Auth-Token",
        "x-api-key",
        "X-ApiKey",
        "X-Amz-Security-Token",
        "Client-Secret",
        "X-Session-Id",
        "X-Signature",
        "X-Password",
        "X-Auth",
        "x-auth-user",
        "X_AUTH",
        "Ocp-Apim-Subscription-Key",
        "X-Functions-Key",
        "X_API_KEY"
      })
  void credentialsByCustomAreSensitive(String name) {
    assertThat(Header.isSensitive(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Accept",
        "User-Agent",
        "Idempotency-Key",
        "X-Idempotency-Key",
        "X-Author",
        "Keyword",
        "If-Match"
      })
  void otherHeadersAreNot(String name) {
    assertThat(Header.isSensitive(name)).isFalse();
  }
}
