package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of an address, right or wrong. */
class RedactionTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        " http://bob:s3cr3t@h/",
        "\uFEFFhttp://bob:s3cr3t@h/",
        "\"http://bob:s3cr3t@h/\"",
        "'http://bob:s3cr3t@h/'",
        "<http://bob:s3cr3t@h/>",
        "http//bob:s3cr3t@h/",
        "http:/bob:s3cr3t@h/",
        "http:bob:s3cr3t@h/",
        "http;//bob:s3cr3t@h/",
        "htp://bob:s3cr3t@h/",
        "bob:s3cr3t@h/",
        "s3cr3t:@h/",
        "//bob:s3cr3t@h/",
        "http://bob:x/s3cr3t@h/",
        "http://bob:x#s3cr3t@h/",
        "http://bob:x?s3cr3t@h/",
        "http://bob:x\\s3cr3t@h/",
        "http://bob:s3cr3t@h:port/",
        "http://bob:s3cr3t@h /",
        "http://bob:x@s3cr3t@h:port/",
        "http://h:port/?s3cr3t",
        "http://h:port/?a=s3cr3t@b",
        "http://h:port/?a=b@s3cr3t",
        "http://h:port/#s3cr3t",
        "http://h:port/#b@s3cr3t",
        "http://bob:s3cr3t@h:port/?a=b",
      })
  void urlThatDoesNotParseShowsNoSecret(String url) {
    assertThatThrownBy(() -> RequestUri.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .satisfies(e -> assertThat(e.toString().toLowerCase(Locale.ROOT)).doesNotContain("s3cr3t"));
    assertThat(RequestUri.printable(url)).doesNotContain("s3cr3t");
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:port/a, http://h:port/a",
    "http://bob:pw@h:port/a, ***@h:port/a",
    "http://bob:pw@h:port/a?b=c&d=e, ***@h:port/a?***",
    "http://h:port/?, http://h:port/?",
    "http://h:port/a#b, http://h:port/a#***",
    "http://h:port/?a@b, ***",
    "http://bob:p#w@h/, ***",
  })
  void urlThatDoesNotParseShowsWhatCertainlyIsNoSecret(String url, String shown) {
    assertThat(RequestUri.printable(url)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "https://h/http//bob:pw@x/y, https://h/http//***@x/y",
    "https://h//bob:pw@x/y, https://h//***@x/y",
    "https://h/%20http://bob:pw@x/y, https://h/%20http://***@x/y",
    "https://h/http//bob:p?w@x, https://h/http//***",
    "https://h/http//bob:p#w@x, https://h/http//***",
    "https://h/bob:pw@x, https://h/bob:***@x",
    "https://h/users/@me, https://h/users/@me",
    "https://h/@scope/name@1.2, https://h/@scope/name@1.2",
    "https://h/a:b/c, https://h/a:b/c",
    "https://h:8443/@me, https://h:8443/@me",
  })
  void pathShowsNothingThatWasMeantAsUserInfo(String url, String shown) {
    assertThat(RequestUri.redacted(RequestUri.parse(url).uri())).isEqualTo(shown);
  }

  @Test
  void longUrlIsCut() {
    assertThat(RequestUri.printable("http://h:port/" + "x".repeat(1_000))).hasSizeLessThan(220);
  }
}
