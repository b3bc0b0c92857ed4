package dev.fetchwell.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchRequestTest {

  private static final URI HOME = URI.create("https://h/a?token=hidden");
  private static final RequestBody BODY = RequestBody.of(new byte[] {1}, "text/plain");

  @Test
  void redirectToItsOwnOriginKeepsAll() {
    FetchRequest moved = post().redirectedTo(URI.create("https://h/b"), false);

    assertThat(moved.headers()).isEqualTo(post().headers());
    assertThat(moved.body()).contains(BODY);
    assertThat(moved.method()).isEqualTo(HttpMethod.POST);
  }

  @Test
  void redirectToAnotherOriginDropsSecrets() {
    FetchRequest moved = post().redirectedTo(URI.create("https://other/b"), false);

    assertThat(moved.headers())
        .extracting(Header::name)
        .containsExactly("Content-Type", "content-language", "X-Trace");
    assertThat(moved.body()).contains(BODY);
  }

  @Test
  void redirectAsGetDropsTheBodyAndWhatDescribesIt() {
    FetchRequest moved = post().redirectedTo(URI.create("https://h/b"), true);

    assertThat(moved.method()).isEqualTo(HttpMethod.GET);
    assertThat(moved.body()).isEmpty();
    assertThat(moved.headers())
        .extracting(Header::name)
        .containsExactly("Authorization", "X-Trace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "TRACE", "CONNECT"})
  void bodyWhereTheMethodAllowsNoneIsRefused(String method) {
    assertThatThrownBy(() -> new FetchRequest(new HttpMethod(method), HOME, List.of(), BODY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(method + " with a body (expected: POST, PUT, PATCH, ...)");
  }

  @Test
  void callersHostDoesNotGoToAnotherHost() {
    Header host = new Header("host", "virtual.example", false);
    FetchRequest request = new FetchRequest(HttpMethod.GET, HOME, List.of(host), null);

    assertThat(request.redirectedTo(URI.create("https://h/b"), false).headers()).hasSize(1);
    assertThat(request.redirectedTo(URI.create("https://h:444/b"), false).headers()).isEmpty();
    assertThat(request.redirectedTo(URI.create("https://other/b"), false).headers()).isEmpty();
  }

  @Test
  void repeatableByMethodOrByKey() {
    Header key = new Header("idempotency-key", "k", false);

    assertThat(new FetchRequest(HttpMethod.PUT, HOME, List.of(), BODY).isRepeatable()).isTrue();
    assertThat(new FetchRequest(HttpMethod.POST, HOME, List.of(), BODY).isRepeatable()).isFalse();
    assertThat(new FetchRequest(HttpMethod.POST, HOME, List.of(key), BODY).isRepeatable()).isTrue();
  }

  @Test
  void toStringShowsNoSecret() {
    assertThat(post()).hasToString("POST https://h/a?token=***");
  }

  @Test
  void methodIsAnyTokenAndCaseSensitive() {
    assertThat(new HttpMethod("PROPFIND").isIdempotent()).isTrue();
    assertThat(new HttpMethod("get").isIdempotent()).isFalse();
    assertThatThrownBy(() -> new HttpMethod("GET /")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new HttpMethod("")).isInstanceOf(IllegalArgumentException.class);
  }

  private static FetchRequest post() {
    List<Header> headers =
        List.of(
            new Header("Authorization", "Bearer hidden", true),
            new Header("Content-Type", "text/plain", false),
            new Header("content-language", "de", false),
            new Header("X-Trace", "7", false));
    return new FetchRequest(HttpMethod.POST, HOME, headers, BODY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/path", "ftp://h/", "mailto:a@h", "https://bob:secret@h/", "HTTPS://h/?q=secret"})
  void urlThatIsNoPlainHttpAddressIsRefusedAndShowsNoSecret(String url) {
    assertThatThrownBy(() -> new FetchRequest(HttpMethod.GET, URI.create(url), List.of(), null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(" (expected: http(s)://host/..., without user info)")
        .hasMessageNotContaining("secret");
  }

  @Test
  void hostHasThePortThatIsNotTheSchemesOwn() {
    assertThat(to("https://h:443/").host()).isEqualTo("h");
    assertThat(to("http://h:443/").host()).isEqualTo("h:443");
    assertThat(to("http://[::80]/").host()).isEqualTo("[::80]");
    assertThat(to("http://[::1]:80/").host()).isEqualTo("[::1]");
  }

  private static FetchRequest to(String url) {
    return new FetchRequest(HttpMethod.GET, URI.create(url), List.of(), null);
  }
}
