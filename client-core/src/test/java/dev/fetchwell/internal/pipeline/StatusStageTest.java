package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.internal.pipeline.TestCalls.context;
import static dev.fetchwell.internal.pipeline.TestCalls.error;
import static dev.fetchwell.internal.pipeline.TestCalls.keepingErrorBodies;
import static dev.fetchwell.internal.pipeline.TestCalls.replies;
import static dev.fetchwell.internal.pipeline.TestCalls.request;
import static dev.fetchwell.internal.pipeline.TestCalls.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.testkit.VirtualTimer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusStageTest {

  private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

  private final ScriptedStage next = new ScriptedStage();
  private final StatusStage stage = new StatusStage(next, InstantSource.fixed(NOW));
  private final FetchRequest request = request("GET");
  private final CallContext context = context(request, settings(), new VirtualTimer());

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 304, 399})
  void statusBelow400Passes(int status) {
    next.then(replies(status));

    assertThat(stage.send(request, context).join().status()).isEqualTo(status);
  }

  @Test
  void statusFrom400IsAnErrorOfItsKind() {
    assertThat(failure(400)).isExactlyInstanceOf(ClientStatusError.class);
    assertThat(failure(429)).isExactlyInstanceOf(RateLimitedError.class);
    assertThat(failure(499)).isExactlyInstanceOf(ClientStatusError.class);
    assertThat(failure(500)).isExactlyInstanceOf(ServerStatusError.class);
    assertThat(failure(599)).isExactlyInstanceOf(ServerStatusError.class);
  }

  @Test
  void errorKnowsStatusHeadersAndTheStartOfTheBody() {
    byte[] body = "x".repeat(HttpStatusError.MAX_BODY_BYTES + 5).getBytes(StandardCharsets.UTF_8);
    next.then((r, c) -> Reply.whole(503, Map.of("X-A", List.of("1")), TestCalls.URI, body));

    HttpStatusError error = error(stage.send(request, context), HttpStatusError.class);

    assertThat(error.status()).isEqualTo(503);
    assertThat(error.header("X-A")).contains("1");
    assertThat(error.body()).hasSize(HttpStatusError.MAX_BODY_BYTES);
    assertThat(error).hasMessageContaining("status 503").hasMessageNotContaining("hidden");
  }

  @Test
  void retryAfterInSecondsIsRead() {
    assertThat(failure(503, "Retry-After", "7").retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(failure(503, "Retry-After", "soon").retryAfter()).isEmpty();
    assertThat(failure(503).retryAfter()).isEmpty();
  }

  @Test
  void retryAfterAsDateCountsByOurClockWithoutTheServers() {
    assertThat(failure(503, "Retry-After", "Sat, 01 Mar 2025 12:00:30 GMT").retryAfter())
        .contains(Duration.ofSeconds(30));
  }

  @Test
  void retryAfterAsDateCountsByTheServersClock() {
    HttpStatusError error =
        failure(
            503,
            "Date",
            "Sat, 01 Mar 2025 10:00:00 GMT",
            "Retry-After",
            "Sat, 01 Mar 2025 10:00:05 GMT");

    assertThat(error.retryAfter()).contains(Duration.ofSeconds(5));
  }

  @Test
  void garbageInDateFallsBackToOurClock() {
    HttpStatusError error =
        failure(503, "Date", "yesterday", "Retry-After", "Sat, 01 Mar 2025 12:00:01 GMT");

    assertThat(error.retryAfter()).contains(Duration.ofSeconds(1));
  }

  @Test
  void wholeErrorReplyIsKeptOnlyWhereItIsWanted() {
    CallContext keeping = context(request, keepingErrorBodies(), new VirtualTimer());
    next.always(replies(404));

    error(stage.send(request, context), ClientStatusError.class);
    error(stage.send(request, keeping), ClientStatusError.class);

    assertThat(context.lastErrorReply()).isNull();
    assertThat(keeping.lastErrorReply()).isNotNull();
  }

  @Test
  void cancelReachesTheNextStage() {
    CompletableFuture<Reply> call = stage.send(request, context);

    call.cancel(false);

    assertThat(next.last().future()).isCancelled();
  }

  private HttpStatusError failure(int status, String... headers) {
    next.then(replies(status, headers));
    return error(stage.send(request, context), HttpStatusError.class);
  }
}
