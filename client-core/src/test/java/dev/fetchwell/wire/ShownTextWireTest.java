package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.testserver.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a failed call and a refused client show: no password, and nothing that cannot be seen. */
class ShownTextWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private static void assertShowsNothing(Throwable shown) {
    assertThat(shown.toString()).doesNotContain("s3cr3t").doesNotContainPattern("\\p{Cntrl}");
    if (shown instanceof FetchError error) {
      assertThat(error.url()).doesNotContain("s3cr3t").doesNotContainPattern("\\p{Cntrl}");
    }
    Throwable cause = shown.getCause();
    if (cause != null) {
      assertShowsNothing(cause);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " http://bob:s3cr3t@h/",
        "\uFEFFhttp://bob:s3cr3t@h/",
        "\"http://bob:s3cr3t@h/\"",
        "http//bob:s3cr3t@h/",
        "http://bob:x/s3cr3t@h/",
        "http://bob:x#s3cr3t@h/",
        "http://bob:7?s3cr3t@h/",
        "http://bob:s3cr3t@h\u001b[31m/",
        "http://bob:s3cr3t@h/\r\nGET http://forged/",
      })
  void passwordOfAnAlmostRightUrlIsShownNowhere(String url) {
    assertThatThrownBy(() -> AsyncHttpClient.builder().baseUrl(url))
        .satisfies(ShownTextWireTest::assertShowsNothing);
    AsyncHttpClient based = wire.client(b -> b.baseUrl("http://127.0.0.1:1/"));
    assertShowsNothing(
        failure(based.get(url).header("bad name", "").asString(), InvalidRequestError.class));
    assertShowsNothing(failure(based.get(url).noRetry().asString(), FetchError.class));
    if (!url.contains("7?")) {
      assertShowsNothing(failure(wire.client().getString(url), InvalidRequestError.class));
    }
  }

  @Test
  void methodAndStatusLineCannotForgeALogLine() {
    InvalidRequestError method =
        failure(
            wire.client().request("GET\r\n\0\u001b[2J", "http://h/").asString(),
            InvalidRequestError.class);
    assertThat(method)
        .hasMessageStartingWith("GET\\u000D\\u000A\\u0000\\u001B[2J http://h/: invalid request");
    ScriptedServer server =
        wire.server(
            exchange -> {
              exchange.raw("NOT HTTP \u001b[31m\0\tred\r\n\r\n");
              exchange.close();
            });
    ConnectionError status =
        failure(wire.client().get(server.url("/")).noRetry().asString(), ConnectionError.class);
    assertThat(status.getMessage()).contains("\\u001B[31m").doesNotContainPattern("\\p{Cntrl}");
  }
}
