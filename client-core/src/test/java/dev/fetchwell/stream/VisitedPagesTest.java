package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisitedPagesTest {

  private final VisitedPages visited = new VisitedPages();

  /** A way of so many pages into a circle of so many; told after how many pages at most. */
  @ParameterizedTest(name = "{0} pages, then a circle of {1}")
  @CsvSource({
    "0, 1, 1",
    "0, 2, 2",
    "3, 2, 5",
    "0, 1000, 1000",
    "700, 1000, 1700",
    "5000, 7, 5007",
    "0, 1001, 4004",
    "0, 5000, 20000",
    "1500, 1200, 8100",
    "30000, 2500, 97500",
    "0, 100000, 400000"
  })
  void circleIsFound(int tail, int circle, int within) {
    int pages = 0;
    int page = 0;
    while (true) {
      add(page);
      pages++;
      page++;
      if (page == tail + circle) {
        page = tail;
      }
      if (visited.contains(request(page))) {
        break;
      }
      assertThat(pages).isLessThan(within);
    }
    assertThat(pages).isBetween(tail + circle, within);
  }

  @Test
  void aMillionDifferentPagesAreNoCircle() {
    for (int page = 0; page < 1_000_000; page++) {
      assertThat(visited.contains(request(page))).isFalse();
      add(page);
    }
  }

  @Test
  void whereARedirectLedCountsAsVisited() {
    visited.add(request(1), URI.create("http://host/2"));
    assertThat(visited.contains(request(1))).isTrue();
    assertThat(visited.contains(request(2))).isTrue();
    assertThat(visited.contains(request(3))).isFalse();
  }

  @Test
  void requestsThatDifferInAHeaderAreForDifferentPages() {
    FetchRequest first = withCursor("1");
    visited.add(first, first.url());
    assertThat(visited.contains(withCursor("1"))).isTrue();
    assertThat(visited.contains(withCursor("2"))).isFalse();
  }

  private void add(int page) {
    FetchRequest request = request(page);
    visited.add(request, request.url());
  }

  private static FetchRequest request(int page) {
    return new FetchRequest(HttpMethod.GET, URI.create("http://host/" + page), List.of(), null);
  }

  private static FetchRequest withCursor(String cursor) {
    List<Header> headers = List.of(new Header("Cursor", cursor, false));
    return new FetchRequest(HttpMethod.GET, URI.create("http://host/"), headers, null);
  }
}
