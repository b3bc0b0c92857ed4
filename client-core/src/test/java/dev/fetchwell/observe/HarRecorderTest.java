package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import dev.fetchwell.testkit.HarRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HarRecorderTest {

  @TempDir private Path folder;

  private final FakeServer server = FakeServer.create();
  private Path file = Path.of("");
  private HarRecorder recorder = HarRecorder.to(file);

  @BeforeEach
  void newRecorder() {
    file = folder.resolve("calls.har");
    recorder = HarRecorder.to(file);
  }

  private AsyncHttpClient client(Consumer<AsyncHttpClient.Builder> settings) {
    return server.client(
        builder -> {
          builder
              .listener(recorder)
              .retry(RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build());
          settings.accept(builder);
        });
  }

  private List<JsonNode> entries() throws Exception {
    recorder.close();
    assertThat(recorder.dropped()).isZero();
    return HarRules.entries(file);
  }

  private static String text(JsonNode entry, String name) {
    return entry.path(name).asString("");
  }

  private static int status(JsonNode entry) {
    return entry.path("response").path("status").intValue();
  }

  @Test
  void eachAttemptIsAnEntryAndTheLastTellsHowTheCallEnded() throws Exception {
    server.on("GET", "/users/{id}", FakeReply.status(503), FakeReply.text("ok"));

    server.await(client(b -> {}).get("/users/{id}?key=k", 7).tag("user").asString());

    List<JsonNode> entries = entries();
    assertThat(entries).extracting(HarRecorderTest::status).containsExactly(503, 200);
    JsonNode first = entries.get(0);
    assertThat(first.path("_attempt").intValue()).isEqualTo(1);
    assertThat(first.has("_outcome")).isFalse();
    assertThat(first.path("_error").path("type").stringValue()).isEqualTo("ServerStatusError");
    JsonNode second = entries.get(1);
    assertThat(second.path("_attempt").intValue()).isEqualTo(2);
    assertThat(second.path("_call")).isEqualTo(first.path("_call"));
    assertThat(second.path("_retryDelay").doubleValue()).isEqualTo(1000);
    assertThat(text(second, "_retryReason")).isEqualTo("503");
    assertThat(text(second, "_outcome")).isEqualTo("ok");
    assertThat(text(second, "_tag")).isEqualTo("user");
    assertThat(text(second, "_template")).isEqualTo("/users/{id}");
    assertThat(second.path("request").path("url").stringValue())
        .isEqualTo("https://fake.example/users/7?key=***");
    assertThat(second.path("request").path("queryString").get(0).path("value").stringValue())
        .isEqualTo("***");
  }

  @Test
  void eachRedirectIsAnEntryOfTheSameAttempt() throws Exception {
    server.on("GET", "/a", FakeReply.status(302).header("Location", "/b?code=hush#frag"));
    server.on("GET", "/b", FakeReply.status(307).header("Location", "https://else.example/c"));
    server.on("GET", "/c", FakeReply.text("ok"));

    server.await(client(b -> {}).getString("/a"));

    List<JsonNode> entries = entries();
    assertThat(entries).extracting(HarRecorderTest::status).containsExactly(302, 307, 200);
    assertThat(entries).extracting(entry -> entry.path("_attempt").intValue()).containsOnly(1);
    assertThat(entries).extracting(entry -> entry.path("_hop").asInt(0)).containsExactly(0, 1, 2);
    assertThat(entries.get(0).path("response").path("redirectURL").stringValue())
        .isEqualTo("https://fake.example/b?code=***");
    assertThat(entries.get(2).path("request").path("url").stringValue())
        .isEqualTo("https://else.example/c");
    assertThat(text(entries.get(2), "_outcome")).isEqualTo("ok");
  }

  @Test
  void callThatFailsSaysWhy() throws Exception {
    server.on("GET", "/reset", FakeReply.fault(Fault.CONNECTION_RESET));

    CompletableFuture<String> call = client(b -> b.retry(RetryPolicy.none())).getString("/reset");
    assertThatThrownBy(() -> server.await(call)).isInstanceOf(ConnectionError.class);

    JsonNode entry = entries().get(0);
    assertThat(status(entry)).isZero();
    assertThat(text(entry, "_outcome")).isEqualTo("failed");
    assertThat(entry.path("response").path("_error").stringValue()).isEqualTo("ConnectionError");
    assertThat(entry.path("_error").path("message").stringValue()).contains("connection lost");
  }

  @Test
  void timeoutAndCancelledCallEndTheirAttempts() throws Exception {
    server.on("GET", "/silent", FakeReply.fault(Fault.NO_ANSWER));
    AsyncHttpClient client = client(b -> b.retry(RetryPolicy.none()));

    CompletableFuture<String> late = client.getString("/silent");
    assertThatThrownBy(() -> server.await(late)).isInstanceOf(FetchTimeoutError.class);
    CompletableFuture<String> cancelled = client.getString("/silent");
    cancelled.cancel(false);

    List<JsonNode> entries = entries();
    assertThat(entries)
        .extracting(entry -> text(entry, "_outcome"))
        .containsExactly("failed", "cancelled");
    assertThat(entries.get(1).path("_givenUp").booleanValue()).isTrue();
  }

  @Test
  void cancelledBetweenTwoAttemptsIsToldByTheLastOne() throws Exception {
    server.on("GET", "/x", FakeReply.status(503));

    CompletableFuture<String> call = client(b -> {}).getString("/x");
    server.advance(Duration.ofMillis(10));
    call.cancel(false);

    List<JsonNode> entries = entries();
    assertThat(entries).extracting(HarRecorderTest::status).containsExactly(503);
    assertThat(text(entries.get(0), "_outcome")).isEqualTo("cancelled");
  }

  @Test
  void attemptBesideASlowOneIsAnEntryToo() throws Exception {
    server.on("GET", "/slow", FakeReply.fault(Fault.NO_ANSWER), FakeReply.text("ok"));

    server.await(client(b -> b.hedge(HedgePolicy.after(Duration.ofMillis(50)))).getString("/slow"));

    List<JsonNode> entries = entries();
    assertThat(entries)
        .extracting(entry -> entry.path("_attempt").intValue())
        .containsExactlyInAnyOrder(1, 2);
    assertThat(entries).anyMatch(entry -> entry.path("_hedgedAfter").asDouble(0) == 50);
    assertThat(entries).anyMatch(entry -> entry.path("_givenUp").asBoolean(false));
    assertThat(text(entries.get(1), "_outcome")).isEqualTo("ok");
  }

  @Test
  void callThatIsRefusedHasAnEntryToo() throws Exception {
    server.on("GET", "/x", FakeReply.status(500));
    AsyncHttpClient client =
        client(
            b ->
                b.retry(RetryPolicy.none())
                    .circuitBreaker(
                        CircuitBreakerPolicy.builder().slidingWindow(1).minimumCalls(1).build()));
    CompletableFuture<String> failed = client.getString("/x");
    assertThatThrownBy(() -> server.await(failed));
    CompletableFuture<String> refused = client.getString("/x");
    assertThatThrownBy(() -> server.await(refused)).isInstanceOf(CircuitOpenError.class);
    List<JsonNode> entries = entries();
    assertThat(entries).hasSize(2);
    assertThat(text(entries.get(1), "_callError")).isEqualTo("CircuitOpenError");
    assertThat(status(entries.get(1))).isZero();
  }

  @Test
  void callThatSharesAnAnswerIsAnEntryWithoutAnAttempt() throws Exception {
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(1)));
    AsyncHttpClient client = client(b -> b.singleFlight(true));

    CompletableFuture<String> first = client.getString("/x");
    CompletableFuture<String> second = client.getString("/x");
    server.await(CompletableFuture.allOf(first, second));

    List<JsonNode> entries = entries();
    assertThat(entries)
        .extracting(entry -> entry.path("_attempt").intValue())
        .containsExactlyInAnyOrder(0, 1);
    assertThat(entries).filteredOn(entry -> entry.has("_flightJoined")).hasSize(1);
    assertThat(entries).extracting(entry -> text(entry, "_outcome")).containsOnly("ok");
  }

  @Test
  void streamedCallEndsAtItsHeaders() throws Exception {
    server.on("GET", "/stream", FakeReply.pieces("text/plain", "one", "two"));

    server.await(client(b -> {}).get("/stream").asStream()).close();

    JsonNode entry = entries().get(0);
    assertThat(status(entry)).isEqualTo(200);
    assertThat(entry.path("timings").path("receive").doubleValue()).isZero();
  }

  @Test
  void noSecretIsInTheFile() throws Exception {
    server.on(
        "POST",
        "/login",
        FakeReply.status(302)
            .header("Location", "/next?code=hush-1")
            .header("Set-Cookie", "id=hush-2")
            .header("Link", "</more?token=hush-3>; rel=next, <https://a.example/?k=hush-4>")
            .header("Refresh", "0; url=/x?token=hush-5")
            .header("X-Origin", "https://user:hush-6@a.example/?q=hush-7"));
    server.on(
        "GET",
        "/next",
        FakeReply.json("hush-8")
            .header("X-Auth-Token", "hush-9")
            .header("X-Original-Url", "/x?token=hush-10")
            .header("WWW-Authenticate", "Negotiate hush-11"));

    server.await(
        client(b -> b.secretHeader("X-Mine", "hush-12").header("Cookie", "hush-13"))
            .post("/login")
            .query("key", "hush-14")
            .query("hush-15", null)
            .bearer("hush-16")
            .header("Referer", "https://b.example/?q=hush-17")
            .body("hush-18", "text/plain")
            .asString());

    assertThat(entries()).hasSize(2);
    assertThat(Files.readString(file)).doesNotContain("hush").contains("\"***\"");
  }

  @Test
  void bodiesAreThereOnlyIfAskedForAndUpToTheLimit() throws Exception {
    byte[] binary = {(byte) 0xFF, 0, 1, 2};
    server.on("POST", "/text", FakeReply.text("a\u2028\u0000é"));
    server.on("POST", "/plain", FakeReply.text("0123456789é"));
    server.on("POST", "/binary", FakeReply.bytes(binary, "image/png"));
    recorder = HarRecorder.to(file).bodies(11);
    AsyncHttpClient client = client(b -> {});

    for (String path : List.of("/text", "/plain", "/binary")) {
      server.await(client.post(path).body("sent by " + path, "text/plain").asBytes());
    }

    List<JsonNode> entries = entries();
    JsonNode plain = entries.get(1).path("response").path("content");
    assertThat(plain.path("text").stringValue()).isEqualTo("0123456789");
    assertThat(plain.path("comment").stringValue()).isEqualTo("the first 11 bytes");
    assertThat(entries.get(1).path("request").path("postData").path("text").stringValue())
        .isEqualTo("sent by /pl");
    JsonNode image = entries.get(2).path("response").path("content");
    assertThat(image.path("encoding").stringValue()).isEqualTo("base64");
    assertThat(image.path("text").binaryValue()).isEqualTo(binary);
    assertThat(entries.get(0).path("response").path("content").path("encoding").asString())
        .as("a NUL is no text")
        .isEqualTo("base64");
  }

  @Test
  void tenThousandCallsAreAllThere() throws Exception {
    server.on("GET", "/{id}", FakeReply.text("ok"));
    AsyncHttpClient client = client(b -> {});

    for (int i = 0; i < 10_000; i++) {
      server.await(client.getString("/" + i));
    }

    recorder.close();
    assertThat(HarRules.entries(file).size() + recorder.dropped()).isEqualTo(10_000);
  }

  @Test
  void twoClientsMayShareARecorderButTwoRecordersNoFile() throws Exception {
    server.on("GET", "/x", FakeReply.text("ok"));
    server.await(client(b -> {}).getString("/x"));
    server.await(client(b -> {}).getString("/x"));
    HarRecorder other = HarRecorder.to(file);
    server.await(server.client(b -> b.listener(other)).getString("/x"));
    recorder.close();
    other.close();

    assertThat(HarRules.entries(file).size() + other.dropped()).isBetween(1L, 3L);
  }

  @Test
  void whatComesAfterTheEndIsLeftOut() throws Exception {
    server.on("GET", "/x", FakeReply.text("ok"), FakeReply.fault(Fault.NO_ANSWER));
    AsyncHttpClient client = client(b -> {});
    server.await(client.getString("/x"));
    CompletableFuture<String> running = client.getString("/x");

    recorder.close();
    recorder.close();
    running.cancel(false);
    CompletableFuture<String> later = client.getString("/x");
    later.cancel(false);

    assertThat(HarRules.entries(file)).hasSize(1);
  }

  @Test
  void recorderOfNoCallsLeavesAnEmptyFileInPlaceOfAnOldOne() throws Exception {
    Files.write(file, "old".getBytes(StandardCharsets.UTF_8));

    assertThat(entries()).isEmpty();
  }
}
