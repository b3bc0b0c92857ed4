package dev.fetchwell.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchResponseTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '!',
      value = {
        "text/plain|UTF-8", "text/plain; charset=ISO-8859-1|ISO-8859-1",
        "text/plain;charset=\"utf-16\"|UTF-16", "text/plain; a=b; CHARSET = us-ascii|US-ASCII",
        "text/plain; charset=nonsense|UTF-8", "text/plain; charset=!@#|UTF-8",
        "text/plain; charset=|UTF-8", "!!|UTF-8"
      })
  void charsetComesFromTheContentType(String type, String expected) {
    assertThat(response(Map.of("Content-Type", List.of(type)), new byte[0]).charset())
        .hasToString(expected);
  }

  @Test
  void textIsDecodedInItsCharset() {
    byte[] latin = "grün".getBytes(StandardCharsets.ISO_8859_1);
    byte[] utf8 = "grün".getBytes(StandardCharsets.UTF_8);

    assertThat(response(Map.of("content-type", List.of("a/b; charset=latin1")), latin).text())
        .isEqualTo("grün");
    assertThat(response(Map.of(), utf8).text()).isEqualTo("grün");
  }

  @Test
  void headersIgnoreCaseAndCannotBeChanged() {
    FetchResponse response = response(Map.of("X-Many", List.of("1", "2")), new byte[0]);

    assertThat(response.header("x-many")).contains("1");
    assertThat(response.headers().get("X-MANY")).containsExactly("1", "2");
    assertThat(response.header("X-None")).isEmpty();
    assertThatThrownBy(() -> response.headers().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void toStringShowsNoQueryValue() {
    assertThat(response(Map.of(), new byte[3])).hasToString("200 https://h/a?b=*** (3 bytes)");
  }

  private static FetchResponse response(Map<String, List<String>> headers, byte[] body) {
    URI url = URI.create("https://h/a?b=hidden");
    return new FetchResponse(200, headers, body, url, 1, Duration.ZERO);
  }
}
