package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostNameTest {

  @ParameterizedTest
  @CsvSource({
    "localhost, localhost",
    "Example.COM, example.com",
    "a.b-c.d_e.x1, a.b-c.d_e.x1",
    "example.com., example.com.",
    "127.0.0.1, 127.0.0.1",
    "[2001:DB8::1], [2001:db8::1]",
    "bücher.example, xn--bcher-kva.example",
    "faß.de, xn--fa-hia.de",
    "FAẞ.de, xn--fa-hia.de",
    "βόλος.com, xn--nxasmm1c.com",
    "Bücher。example, xn--bcher-kva.example",
    "１２７.0.0.1, 127.0.0.1",
    "xn--fa-hia.de, xn--fa-hia.de",
  })
  void hostIsTakenInLowerCaseAscii(String host, String taken) {
    assertThat(RequestUri.hostAndPort(RequestUri.parse("http://" + host + "/").uri()))
        .isEqualTo(taken);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ".", ".a", "a..b", "a b", "a%41", "a!b", "ü%2Fb", "ü b", "ü..x", "a％2Fb", "a⁄b／c",
        "[::1", "::1", "[x]"
      })
  void whatIsNoHostIsRefused(String host) {
    assertThatThrownBy(() -> RequestUri.parse("http://" + host + "/"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void labelIsRefusedWhenTooLong() {
    assertThat(RequestUri.hostAndPort(RequestUri.parse("http://" + "a".repeat(63) + "/").uri()))
        .hasSize(63);
    assertThatThrownBy(() -> RequestUri.parse("http://" + "a".repeat(64) + "/"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RequestUri.parse("http://b." + "a".repeat(64) + ".c/"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RequestUri.parse("http://" + "ü".repeat(64) + "/"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void hostOfThousandsOfLabelsOverflowsNoStack() {
    String host = "a.".repeat(20_000) + "example";
    assertThat(RequestUri.hostAndPort(RequestUri.parse("http://" + host + "/").uri()))
        .isEqualTo(host);
  }
}
