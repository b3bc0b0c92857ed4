package dev.fetchwell.internal.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentUrlsTest {

  private final List<String> parsed = new ArrayList<>();
  private final RecentUrls<String> urls = new RecentUrls<>(this::parse);

  private String parse(String url) {
    parsed.add(url);
    if (url.contains("bad")) {
      throw new IllegalArgumentException(url);
    }
    return "parsed " + url;
  }

  @Test
  void urlIsParsedOnce() {
    assertThat(urls.get("https://h/a")).isEqualTo("parsed https://h/a");
    assertThat(urls.get("https://h/a")).isEqualTo("parsed https://h/a");

    assertThat(parsed).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://h/a?token=1", "https://bob:pw@h/a"})
  void whatMayBeSecretIsNotKept(String url) {
    urls.get(url);
    urls.get(url);

    assertThat(parsed).hasSize(2);
  }

  @Test
  void longUrlIsNotKept() {
    String url = "https://h/" + "a".repeat(200);
    urls.get(url);
    urls.get(url);

    assertThat(parsed).hasSize(2);
  }

  @Test
  void refusalIsThrownEachTime() {
    assertThatThrownBy(() -> urls.get("bad")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> urls.get("bad")).isInstanceOf(IllegalArgumentException.class);

    assertThat(parsed).hasSize(2);
  }

  @Test
  void crawlerDoesNotFillTheMemory() {
    for (int i = 0; i < 10_000; i++) {
      urls.get("https://h/" + i);
    }
    parsed.clear();

    for (int i = 0; i < 10_000; i++) {
      urls.get("https://h/" + i);
    }

    assertThat(parsed).hasSizeGreaterThan(9_000);
  }
}
