package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.http.TypeRef;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NullArgumentsTest {

  static Stream<ThrowingCallable> nulls() {
    AsyncHttpClient client = new FakeServer().client().build();
    RequestSpec spec = client.get("https://h/");
    return Stream.of(
        () -> client.get(nothing()),
        () -> client.request(nothing(), "/"),
        () -> client.get("/{a}", new Object[] {nothing()}),
        () -> client.get("/{a}", NullSource.<Object[]>nothing()),
        () -> client.shutdown(nothing()),
        () -> spec.query(nothing(), "a"),
        () -> spec.header("a", nothing()),
        () -> spec.secretHeader(nothing(), "a"),
        () -> spec.bearer(nothing()),
        () -> spec.basicAuth("a", nothing()),
        () -> spec.accept(nothing()),
        () -> spec.json(nothing()),
        () -> spec.form(nothing()),
        () -> spec.multipart(nothing()),
        () -> spec.body(NullSource.<byte[]>nothing(), "a/b"),
        () -> spec.body(new byte[0], nothing()),
        () -> spec.body(NullSource.<Path>nothing(), "a/b"),
        () -> spec.timeout(nothing()),
        () -> spec.attemptTimeout(nothing()),
        () -> spec.retry(nothing()),
        () -> spec.idempotencyKey(nothing()),
        () -> spec.tag(nothing()),
        () -> spec.asJson(NullSource.<Class<String>>nothing()),
        () -> spec.asJson(NullSource.<TypeRef<String>>nothing()),
        () -> AsyncHttpClient.builder().baseUrl(nothing()),
        () -> AsyncHttpClient.builder().header("a", nothing()),
        () -> AsyncHttpClient.builder().userAgent(nothing()),
        () -> AsyncHttpClient.builder().retry(nothing()),
        () -> AsyncHttpClient.builder().codec(nothing()),
        () -> AsyncHttpClient.builder().listener(nothing()),
        () -> AsyncHttpClient.builder().executor(nothing()),
        () -> AsyncHttpClient.builder().okHttp(nothing()),
        () -> AsyncHttpClient.builder().timeout(nothing()));
  }

  @ParameterizedTest
  @MethodSource("nulls")
  void nullIsThrownAtOnce(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class);
  }

  @SuppressWarnings("TypeParameterUnusedInFormals")
  private static <T> T nothing() {
    return NullSource.nothing();
  }

  /** Hides a null from the compiler's checks, as a caller without them would. */
  private static final class NullSource {

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    static <T> T nothing() {
      return (T) null;
    }
  }
}
