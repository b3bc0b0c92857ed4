package dev.fetchwell.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FetchErrorTest {

  private static final CallFacts FACTS =
      new CallFacts("GET", "https://h/a?key=***", 2, Duration.ofMillis(1500), true);

  static Stream<FetchError> errors() {
    return Stream.of(
        status(404),
        status(429),
        status(503),
        new FetchTimeoutError(FetchTimeoutError.Phase.TOTAL, Duration.ofSeconds(1), FACTS, null),
        new ConnectionError(ConnectionError.Kind.DNS, "h", FACTS, null),
        new DecodeError(String.class, "empty", "hidden body", FACTS, null),
        new BodyTooLargeError(10, FACTS),
        new BulkheadFullError("queue", FACTS),
        new ClientClosedError(FACTS),
        new InvalidRequestError("bad header", FACTS, null),
        new UnexpectedError(FACTS, new IllegalStateException("shown")));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void everyErrorStatesTheFactsOfItsCall(FetchError error) {
    assertThat(error.method()).isEqualTo("GET");
    assertThat(error.url()).isEqualTo("https://h/a?key=***");
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.elapsed()).isEqualTo(Duration.ofMillis(1500));
    assertThat(error)
        .hasMessageStartingWith("GET https://h/a?key=***: ")
        .hasMessageEndingWith(" (after 1500 ms, attempt 2)")
        .hasMessageNotContaining("hidden");
  }

  @ParameterizedTest
  @MethodSource("errors")
  void whatWasNeverSentWasNotProcessed(FetchError error) {
    boolean neverSent = error instanceof RejectedError || error instanceof InvalidRequestError;

    assertThat(error.mayHaveBeenProcessed()).isEqualTo(!neverSent);
  }

  @Test
  void treeIsSealedAndItsLeavesAreFinal() {
    assertSealed(FetchError.class);
  }

  private static void assertSealed(Class<?> type) {
    assertThat(type.isSealed() || Modifier.isFinal(type.getModifiers()))
        .as(type.getName())
        .isTrue();
    if (type.isSealed()) {
      for (Class<?> sub : type.getPermittedSubclasses()) {
        assertSealed(sub);
      }
    }
  }

  @Test
  void ofFindsTheErrorInItsWrappers() {
    FetchError error = status(503);

    assertThat(FetchError.of(error)).isSameAs(error);
    assertThat(FetchError.of(new CompletionException(new ExecutionException(error))))
        .isSameAs(error);
  }

  @Test
  void ofIsNullForEverythingElse() {
    assertThat(FetchError.of(null)).isNull();
    assertThat(FetchError.of(new IllegalStateException(status(503)))).isNull();
    assertThat(FetchError.of(new CompletionException("no cause", null))).isNull();
  }

  @Test
  void firstAttemptIsNotCountedInTheMessage() {
    CallFacts once = new CallFacts("POST", "https://h/", 1, Duration.ZERO, false);

    assertThat(new BodyTooLargeError(10, once))
        .hasMessage(
            "POST https://h/: body over 10 bytes (raise maxResponseBytes, or stream it)"
                + " (after 0 ms)");
  }

  @ParameterizedTest
  @CsvSource({
    "400,ClientStatusError", "404,ClientStatusError", "429,RateLimitedError",
    "499,ClientStatusError", "500,ServerStatusError", "599,ServerStatusError"
  })
  void statusHasItsType(int status, String type) {
    assertThat(status(status).getClass().getSimpleName()).isEqualTo(type);
    assertThat(status(status).status()).isEqualTo(status);
  }

  @Test
  void statusErrorKeepsTheStartOfTheBody() {
    byte[] large = new byte[HttpStatusError.MAX_BODY_BYTES + 1];
    HttpStatusError error = HttpStatusError.of(500, Map.of(), large, null, FACTS);

    assertThat(error.body()).hasSize(HttpStatusError.MAX_BODY_BYTES);
    error.body()[0] = 1;
    assertThat(error.body()[0]).isZero();
  }

  @Test
  void statusErrorShowsHeadersAndText() {
    HttpStatusError error =
        HttpStatusError.of(
            400,
            Map.of("X-A", List.of("1")),
            "grün".getBytes(StandardCharsets.UTF_8),
            Duration.ofSeconds(3),
            FACTS);

    assertThat(error.header("x-a")).contains("1");
    assertThat(error.bodyText()).isEqualTo("grün");
    assertThat(error.retryAfter()).contains(Duration.ofSeconds(3));
  }

  @Test
  void snippetIsBoundedAndNotInTheMessage() {
    DecodeError error = new DecodeError(int[].class, "broken", "x".repeat(1_000), FACTS, null);

    assertThat(error.snippet()).hasSize(DecodeError.MAX_SNIPPET);
    assertThat(error.type()).isEqualTo(int[].class);
    assertThat(error)
        .hasMessageContaining("cannot decode the body as int[]: broken")
        .hasMessageNotContaining("xxx");
  }

  @ParameterizedTest
  @EnumSource
  void phaseIsNamedInTheMessage(FetchTimeoutError.Phase phase) {
    FetchTimeoutError error = new FetchTimeoutError(phase, Duration.ofMillis(1234), FACTS, null);

    assertThat(error).hasMessageContaining("took longer than 1234 ms [" + phase + "]");
    assertThat(error.phase()).isEqualTo(phase);
  }

  @ParameterizedTest
  @EnumSource
  void kindIsNamedInTheMessage(ConnectionError.Kind kind) {
    assertThat(new ConnectionError(kind, "", FACTS, null)).hasMessageContaining(" [" + kind + "]");
    assertThat(new ConnectionError(kind, "why", FACTS, null))
        .hasMessageContaining(": why [" + kind + "]");
  }

  @Test
  void unexpectedErrorShowsWhatWasThrownAndKeepsTheCause() {
    IllegalStateException cause = new IllegalStateException("no bean named x, password: hidden");

    assertThat(new UnexpectedError(FACTS, cause))
        .hasCause(cause)
        .hasMessageContaining(
            "unexpected java.lang.IllegalStateException: no bean named x, password: ***");
  }

  @Test
  void unexpectedErrorShowsNoHeadersValueThatOkHttpQuotes() {
    Throwable cause =
        new IllegalArgumentException("Unexpected char 0x0a at 3 in X-Partner value: abc\nhidden");

    assertThat(new UnexpectedError(FACTS, cause))
        .hasMessageContaining("Unexpected char 0x0a at 3 in X-Partner value: ***")
        .hasMessageNotContaining("abc")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void unexpectedErrorCutsALongText() {
    assertThat(new UnexpectedError(FACTS, new IllegalStateException("x".repeat(5000))).getMessage())
        .hasSizeLessThan(400);
  }

  @Test
  void errorCanBeThrown() {
    assertThatThrownBy(
            () -> {
              throw status(503);
            })
        .isInstanceOf(RuntimeException.class);
  }

  private static HttpStatusError status(int status) {
    return HttpStatusError.of(status, Map.of(), new byte[0], null, FACTS);
  }
}
