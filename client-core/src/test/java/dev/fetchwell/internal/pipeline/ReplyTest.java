package dev.fetchwell.internal.pipeline;

import static dev.fetchwell.testkit.TestCalls.context;
import static dev.fetchwell.testkit.TestCalls.open;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.testkit.TestBody;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualTimer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {

  private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

  private final VirtualTimer timer = new VirtualTimer();
  private final CallContext context = contextOf(ReplyReaders.BYTES);

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 304, 399})
  void statusBelow400IsNoError(int status) {
    assertThat(reply(status).isError()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 429, 500, 599, 600, 999})
  void statusFrom400IsAnError(int status) {
    assertThat(reply(status).isError()).isTrue();
  }

  @Test
  void statusFrom400IsAnErrorOfItsKind() {
    assertThat(error(400)).isExactlyInstanceOf(ClientStatusError.class);
    assertThat(error(429)).isExactlyInstanceOf(RateLimitedError.class);
    assertThat(error(499)).isExactlyInstanceOf(ClientStatusError.class);
    assertThat(error(500)).isExactlyInstanceOf(ServerStatusError.class);
    assertThat(error(599)).isExactlyInstanceOf(ServerStatusError.class);
  }

  @Test
  void errorKnowsStatusHeadersAndTheStartOfTheBody() {
    byte[] body = "x".repeat(HttpStatusError.MAX_BODY_BYTES + 5).getBytes(StandardCharsets.UTF_8);
    ReplyHeaders headers = ReplyHeaders.of(Map.of("X-A", List.of("1")));
    Reply reply = Reply.whole(503, headers, TestCalls.URL, body);

    HttpStatusError error = reply.error(context);

    assertThat(error.status()).isEqualTo(503);
    assertThat(error.header("X-A")).contains("1");
    assertThat(error.body()).hasSize(HttpStatusError.MAX_BODY_BYTES);
    assertThat(error).hasMessageContaining("status 503").hasMessageNotContaining("hidden");
  }

  @Test
  void errorIsMadeOnceWithTheFactsOfThatMoment() {
    Reply reply = reply(503);
    timer.advance(Duration.ofSeconds(2));
    HttpStatusError error = reply.error(context);
    timer.advance(Duration.ofSeconds(3));

    assertThat(reply.error(context)).isSameAs(error);
    assertThat(error.elapsed()).isEqualTo(Duration.ofSeconds(2));
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.method()).isEqualTo("GET");
  }

  @Test
  void retryAfterInSecondsIsRead() {
    assertThat(error(503, "Retry-After", "7").retryAfter()).contains(Duration.ofSeconds(7));
    assertThat(error(503, "Retry-After", "soon").retryAfter()).isEmpty();
    assertThat(error(503).retryAfter()).isEmpty();
  }

  @Test
  void retryAfterAsDateCountsByOurClockWithoutTheServers() {
    assertThat(error(503, "Retry-After", "Sat, 01 Mar 2025 12:00:30 GMT").retryAfter())
        .contains(Duration.ofSeconds(30));
  }

  @Test
  void retryAfterAsDateCountsByTheServersClock() {
    HttpStatusError error =
        error(
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
        error(503, "Date", "yesterday", "Retry-After", "Sat, 01 Mar 2025 12:00:01 GMT");

    assertThat(error.retryAfter()).contains(Duration.ofSeconds(1));
  }

  @Test
  void headersAreFoundIgnoringCase() {
    assertThat(reply(200, "X-Trace", "7").header("x-trace")).isEqualTo("7");
    assertThat(reply(200).header("x-trace")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "WHOLE,200,true",
    "WHOLE,302,false",
    "WHOLE,404,false",
    "WHOLE_WITH_ANY_STATUS,200,true",
    "WHOLE_WITH_ANY_STATUS,404,true",
    "STREAMED,200,false",
    "STREAMED,404,false",
    "SHARED,200,false",
    "SHARED,302,false",
    "SHARED,404,false",
    "UPGRADED,101,true",
    "UPGRADED,302,false",
    "UPGRADED,404,false"
  })
  void valueIsMadeWhileTheCallRunsWhereItsFormWantsThisReply(
      ReplyReader.Form form, int status, boolean readNow) {
    CallContext call =
        contextOf(
            switch (form) {
              case WHOLE -> ReplyReaders.BYTES;
              case WHOLE_WITH_ANY_STATUS -> ReplyReaders.response(new JacksonCodec());
              case STREAMED -> ReplyReaders.streamed((reply, of) -> reply);
              case SHARED, UPGRADED -> readerOf(form);
            });

    assertThat(call.readsNow(reply(status, "Location", "/next"))).isEqualTo(readNow);
  }

  private static ReplyReader<Reply> readerOf(ReplyReader.Form form) {
    return new ReplyReader<>() {

      @Override
      public Form form() {
        return form;
      }

      @Override
      public String accept() {
        return "";
      }

      @Override
      public Reply read(Reply reply, CallContext context) {
        return reply;
      }
    };
  }

  @Test
  void readerMakesTheValue() {
    byte[] body = {1, 2, 3};
    Reply reply = Reply.whole(200, TestCalls.headers(), TestCalls.URL, body);
    assertThat(reply.value()).isNull();

    assertThat(reply.read(context).value()).isSameAs(body);
  }

  @Test
  void wholeReplyHasEndedAndAnOpenOneEndsWithItsBody() {
    List<String> ended = new ArrayList<>();
    TestBody body = new TestBody();

    reply(200).whenEnded(() -> ended.add("whole"));
    open(body).whenEnded(() -> ended.add("open"));

    assertThat(ended).containsExactly("whole");
    body.end();
    assertThat(ended).containsExactly("whole", "open");
  }

  @Test
  void cancelGivesUpAnOpenBody() {
    TestBody body = new TestBody();
    TestBody wrapped = new TestBody();

    reply(200).cancel();
    open(body).cancel();
    open(new TestBody()).withOpen(wrapped).cancel();

    assertThat(body.cancelled()).isTrue();
    assertThat(wrapped.cancelled()).isTrue();
  }

  private HttpStatusError error(int status, String... headers) {
    return reply(status, headers).error(context);
  }

  private CallContext contextOf(ReplyReader<?> reader) {
    Platform platform =
        new Platform(Runnable::run, Runnable::run, timer, InstantSource.fixed(NOW), new Random(1));
    CallContext call = context(request("GET"), options(), reader, platform);
    call.beginAttempt(false, false);
    return call;
  }
}
