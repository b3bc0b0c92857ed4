package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3986, section 5.4, and what servers send beside it. */
class ResolveTest {

  private static final URI BASE = URI.create("http://a/b/c/d;p?q");

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '\'',
      value = {
        "g http://a/b/c/g",
        "./g http://a/b/c/g",
        "g/ http://a/b/c/g/",
        "/g http://a/g",
        "//g http://g",
        "?y http://a/b/c/d;p?y",
        "g?y http://a/b/c/g?y",
        "#s http://a/b/c/d;p?q#s",
        "g#s http://a/b/c/g#s",
        "g?y#s http://a/b/c/g?y#s",
        ";x http://a/b/c/;x",
        "g;x http://a/b/c/g;x",
        "g;x?y#s http://a/b/c/g;x?y#s",
        "'' http://a/b/c/d;p?q",
        ". http://a/b/c/",
        "./ http://a/b/c/",
        ".. http://a/b/",
        "../ http://a/b/",
        "../g http://a/b/g",
        "../.. http://a/",
        "../../ http://a/",
        "../../g http://a/g"
      })
  void normalExamples(String reference, String expected) {
    assertThat(RequestUri.resolve(BASE, reference).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "../../../g http://a/g",
        "../../../../g http://a/g",
        "/./g http://a/g",
        "/../g http://a/g",
        "g. http://a/b/c/g.",
        ".g http://a/b/c/.g",
        "g.. http://a/b/c/g..",
        "..g http://a/b/c/..g",
        "./../g http://a/b/g",
        "./g/. http://a/b/c/g/",
        "g/./h http://a/b/c/g/h",
        "g/../h http://a/b/c/h",
        "g;x=1/./y http://a/b/c/g;x=1/y",
        "g;x=1/../y http://a/b/c/y",
        "g?y/./x http://a/b/c/g?y/./x",
        "g?y/../x http://a/b/c/g?y/../x",
        "g#s/./x http://a/b/c/g#s/./x",
        "g#s/../x http://a/b/c/g#s/../x"
      })
  void abnormalExamples(String reference, String expected) {
    assertThat(RequestUri.resolve(BASE, reference).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '\'',
      value = {
        "https://H:8443/x https://h:8443/x",
        "HTTP://h/ http://h/",
        "'  g ' http://a/b/c/g",
        "'a b' http://a/b/c/a%20b",
        "ü http://a/b/c/%C3%BC",
        "?a=[1] http://a/b/c/d;p?a=%5B1%5D",
        "//bücher.example/ http://xn--bcher-kva.example/",
        "/a:b http://a/a:b",
        "http://a/x/../y http://a/y"
      })
  void whatServersSend(String reference, String expected) {
    assertThat(RequestUri.resolve(BASE, reference).uri()).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"g:h", "mailto:a@b", "http:g", "//", "///x", "/a\nb"})
  void whatLeadsNowhereIsRefused(String reference) {
    assertThatThrownBy(() -> RequestUri.resolve(BASE, reference))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"http://a,g,http://a/g", "http://a,?y,http://a?y", "http://a?q,g/../h,http://a/h"})
  void baseWithoutAPath(String base, String reference, String expected) {
    assertThat(RequestUri.resolve(URI.create(base), reference).uri()).hasToString(expected);
  }
}
