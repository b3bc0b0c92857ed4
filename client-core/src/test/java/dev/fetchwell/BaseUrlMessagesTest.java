package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A base URL that is wrong is refused where it is given, and the message says what is wrong. */
class BaseUrlMessagesTest {

  @ParameterizedTest
  @ValueSource(strings = {" https://h/v1", "https://h/v1 ", "https://h/v1\n", "\thttps://h"})
  void whiteSpaceAroundItIsRefusedRatherThanSent(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsyncHttpClient.builder().baseUrl(url))
        .withMessageStartingWith("baseUrl: '")
        .withMessageContaining("has white space around it (expected: none; strip it)")
        .withMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "h/v1", "ftp://h/", "https://a b/", "https://h:99999/"})
  void whatIsNoAddressIsRefusedAsTheBaseUrl(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsyncHttpClient.builder().baseUrl(url))
        .withMessageStartingWith("baseUrl: ")
        .withMessageContaining("expected: such as https://example.com/path");
  }

  @Test
  void messageShowsNoPassword() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AsyncHttpClient.builder().baseUrl(" https://bob:pw@h/v1"))
        .withMessageNotContaining("pw");
  }
}
