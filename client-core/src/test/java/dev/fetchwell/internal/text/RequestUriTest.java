package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestUriTest {

  static Stream<Arguments> addresses() {
    return Stream.of(
        Arguments.of("https://example.com", "https://example.com"),
        Arguments.of("HTTPS://Example.COM/Path", "https://example.com/Path"),
        Arguments.of("http://example.com:8080/a", "http://example.com:8080/a"),
        Arguments.of("http://example.com?a=b", "http://example.com?a=b"),
        Arguments.of("http://example.com#f", "http://example.com#f"),
        Arguments.of("http://127.0.0.1:1/", "http://127.0.0.1:1/"),
        Arguments.of("http://[::1]:8080/", "http://[::1]:8080/"),
        Arguments.of("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        Arguments.of("http://my_host:8080/", "http://my_host:8080/"),
        Arguments.of("http://h:/a", "http://h/a"),
        Arguments.of("https://u:p@[::1]:?a", "https://[::1]?a"),
        Arguments.of("http://example.com./", "http://example.com./"),
        Arguments.of("https://bücher.example/", "https://xn--bcher-kva.example/"),
        Arguments.of("https://h/a b/ü", "https://h/a%20b/%C3%BC"),
        Arguments.of("https://h/?q=a b&x=[1]", "https://h/?q=a%20b&x=%5B1%5D"),
        Arguments.of("https://h/100%/%zz/%41", "https://h/100%25/%25zz/%41"),
        Arguments.of("https://h/{a}|`^\"<>", "https://h/%7Ba%7D%7C%60%5E%22%3C%3E"),
        Arguments.of("https://h/😀", "https://h/%F0%9F%98%80"),
        Arguments.of("https://user:p%40ss@h/x", "https://h/x"));
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void addressIsParsedLeniently(String url, String expected) {
    assertThat(RequestUri.parse(url).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "example.com",
        "/path",
        "//example.com/",
        "ftp://example.com/",
        "mailto:a@b.c",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:",
        "http:/example.com",
        "http:///path",
        "https://",
        "https://:80/",
        "https://:/",
        "https://h:port/",
        "https://h:0/",
        "https://h:65536/",
        "https://h:-1/",
        "https://h:80:90/",
        "https://a b/",
        "https://h\n/",
        "https://h/a\r\nb",
        "https://h/\u0000",
        "https://[::1",
        "https://[zz]/",
        "https://[::1]x/",
        "https://h..x/",
        "https://-\u0000/",
        "https://good.example\\.evil.example/",
        "https://h%41/",
        "https://h/#a#b",
        " https://h/"
      })
  void whatIsNoHttpAddressIsRefused(String url) {
    assertThatThrownBy(() -> RequestUri.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(expected: such as https://example.com/path)");
  }

  @Test
  void messageSaysWhatIsWrongWithoutSecrets() {
    assertThatThrownBy(() -> RequestUri.parse("ftp://joe:pass@example.com/a?token=hidden#f"))
        .hasMessage(
            "scheme ftp in URL '***@example.com/a?***'"
                + " (expected: such as https://example.com/path)");
    assertThatThrownBy(() -> RequestUri.parse("https://joe:pass@h:x/?hidden"))
        .hasMessageNotContaining("pass")
        .hasMessageNotContaining("hidden");
    assertThatThrownBy(() -> RequestUri.parse("https://h/\n" + "x".repeat(1_000)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n"));
  }

  @Test
  void userInfoIsKeptApart() {
    assertThat(RequestUri.parse("https://joe:p%40ss@h/").userInfo()).contains("joe:p%40ss");
    assertThat(RequestUri.parse("https://a@b:c@h/").userInfo()).contains("a@b:c");
    assertThat(RequestUri.parse("https://h/a@b").userInfo()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/,h",
    "https://h:443/,h",
    "http://h:80/,h",
    "https://h:8443/,h:8443",
    "http://h:443/,h:443",
    "http://H:8080/,h:8080",
    "http://my_host:8080/,my_host:8080",
    "http://[::1]:8080/,[::1]:8080",
    "http://u:p@h/,h"
  })
  void hostIsNamedWithThePortWhereItIsNotTheSchemesOwn(String url, String expected) {
    assertThat(RequestUri.hostAndPort(RequestUri.parse(url).uri())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/a,https://H:443/b?c,true", "http://h/,http://h:80/,true",
    "https://h/,http://h/,false", "https://h/,https://h:8443/,false",
    "https://h/,https://h.evil.example/,false", "https://a.h/,https://h/,false"
  })
  void originIsSchemeHostAndPort(String one, String other, boolean same) {
    URI first = RequestUri.parse(one).uri();
    URI second = RequestUri.parse(other).uri();
    assertThat(RequestUri.sameOrigin(first, second)).isEqualTo(same);
    assertThat(RequestUri.sameOrigin(second, first)).isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/a,https://h/a", "https://h/a?b=c&d=e,https://h/a?b=***&d=***",
    "https://h/a?token,https://h/a?***", "https://h/a?b=&c,https://h/a?b=***&***",
    "https://h/a?b=c=d,https://h/a?b=***", "https://h/a?b=c#secret,https://h/a?b=***",
    "https://h/a#secret,https://h/a", "https://u:p@h/,https://***@h/",
    "/users?key=k,/users?key=***", "https://h/?,https://h/?"
  })
  void redactedAddressShowsNoQueryValueAndNoUserInfo(String url, String expected) {
    assertThat(RequestUri.redact(url)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/a,https://h/a?n%20%26=v%3D%C3%BC",
        "https://h/a?x=y,https://h/a?x=y&n%20%26=v%3D%C3%BC",
    "https://h/a#f,https://h/a?n%20%26=v%3D%C3%BC#f", "https://h/a?,https://h/a?n%20%26=v%3D%C3%BC",
    "https://h,https://h?n%20%26=v%3D%C3%BC"
  })
  void queryParameterIsEncodedAndAppended(String url, String expected) {
    assertThat(
            RequestUri.parse(url).withQuery(List.<String[]>of(new String[] {"n &", "v=ü"})).uri())
        .hasToString(expected);
  }

  @Test
  void toStringIsRedacted() {
    assertThat(RequestUri.parse("https://u:p@h/?a=hidden#f")).hasToString("https://h/?a=***");
  }
}
