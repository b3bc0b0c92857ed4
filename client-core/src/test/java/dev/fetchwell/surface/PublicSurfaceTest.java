package dev.fetchwell.surface;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ClientStats;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Written as a user would: that it compiles is half of what it shows. */
class PublicSurfaceTest {

  private static final Script ANSWER = Scripts.json("{\"name\":\"Ada\"}");

  /** What the server answers. */
  record User(String name) {}

  @Test
  void builderTakesEveryKnob() {
    try (AsyncHttpClient client = everyKnob().build()) {
      AsyncHttpClient.Builder changed = client.toBuilder();
      try (AsyncHttpClient copy = changed.timeout(Duration.ofSeconds(9)).build()) {
        assertThat(copy.stats().calls()).isZero();
      }
      assertThat(client.bulkheads()).isNotNull();
      assertThat(client.retries()).isNotNull();
    }
  }

  private static AsyncHttpClient.Builder everyKnob() {
    return AsyncHttpClient.builder()
        .baseUrl("http://127.0.0.1:9/")
        .header("X-One", "1")
        .secretHeader("X-Key", "k")
        .userAgent("surface")
        .timeout(Duration.ofSeconds(20))
        .attemptTimeout(Duration.ofSeconds(5))
        .connectTimeout(Duration.ofSeconds(1))
        .queueTimeout(Duration.ofSeconds(2))
        .maxConcurrency(10)
        .maxConcurrencyPerHost(5)
        .maxQueued(100)
        .maxResponseBytes(1_000)
        .retry(everyRetryKnob())
        .codec(new JacksonCodec())
        .listener(new CallListener() {})
        .executor(Runnable::run)
        .okHttp(new OkHttpClient());
  }

  private static RetryPolicy everyRetryKnob() {
    return RetryPolicy.builder()
        .maxAttempts(4)
        .backoff(Backoff.exponential(Duration.ofMillis(1), Duration.ofMillis(2)).withEqualJitter())
        .retryOnStatus(500, 503)
        .retryIf(error -> error.attempts() < 3)
        .retryNonIdempotent(false)
        .respectRetryAfter(Duration.ZERO)
        .budget(RetryBudget.of(0.1, 1, 10))
        .build();
  }

  @Test
  void requestTakesEveryKnob() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ANSWER);
        AsyncHttpClient client = AsyncHttpClient.create()) {
      RequestSpec spec =
          client
              .request("POST", server.url("/users/{id}"), 7)
              .query("q", "a b")
              .query("q", "c")
              .header("X-Two", "2")
              .secretHeader("X-Key", "k")
              .bearer("token")
              .basicAuth("user", "password")
              .accept("application/json")
              .json(Map.of("a", 1))
              .form(Map.of("a", "b"))
              .multipart(
                  parts -> parts.field("a", "b").part("c", "c.txt", "text/plain", new byte[] {1}))
              .body(new byte[] {1, 2}, "application/octet-stream")
              .timeout(Duration.ofSeconds(9))
              .attemptTimeout(Duration.ofSeconds(3))
              .retry(RetryPolicy.standard())
              .noRetry()
              .idempotencyKey("key")
              .idempotencyKey()
              .maxResponseBytes(1_000)
              .tag("users");
      assertThat(spec.asString().join()).contains("Ada");
      assertThat(server.requests().get(0).path()).isEqualTo("/users/7?q=a%20b&q=c");
      RequestSpec withFile = client.put(server.url("/")).body(Path.of("pom.xml"), "text/xml");
      assertThat(withFile.asString().join()).contains("Ada");
    }
  }

  @Test
  void everyShortCallAnswers() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ANSWER);
        AsyncHttpClient client = AsyncHttpClient.create()) {
      String url = server.url("/");
      CompletableFuture<JsonNode> tree = client.getJson(url);
      CompletableFuture<User> user = client.getJson(url, User.class);
      CompletableFuture<Map<String, String>> map = client.getJson(url, new TypeRef<>() {});
      CompletableFuture<byte[]> bytes = client.getBytes(url);
      assertThat(tree.join().get("name").asString()).isEqualTo("Ada");
      assertThat(user.join().name()).isEqualTo("Ada");
      assertThat(map.join()).containsEntry("name", "Ada");
      assertThat(client.getString(url).join()).contains("Ada");
      assertThat(bytes.join()).isNotEmpty();
      assertThat(client.postJson(url, user.join(), User.class).join()).isEqualTo(user.join());
      assertThat(client.putJson(url, user.join(), User.class).join()).isEqualTo(user.join());
      assertThat(client.patchJson(url, user.join(), User.class).join()).isEqualTo(user.join());
      for (RequestSpec spec :
          List.of(client.get(url), client.options(url), client.delete(url), client.post(url))) {
        assertThat(spec.asResponse().join().status()).isEqualTo(200);
      }
      ClientStats stats = client.stats();
      assertThat(stats.calls()).isEqualTo(12);
      assertThat(stats.attempts()).isEqualTo(12);
      assertThat(stats.retries() + stats.failures() + stats.queued() + stats.inFlight()).isZero();
      assertThat(stats.openConnections()).isGreaterThanOrEqualTo(stats.idleConnections());
    }
  }

  @Test
  void everyTerminalAnswers() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ANSWER);
        AsyncHttpClient client = AsyncHttpClient.create()) {
      RequestSpec spec = client.get(server.url("/"));
      assertThat(spec.asJson().join().isObject()).isTrue();
      assertThat(spec.asJson(User.class).join()).isEqualTo(new User("Ada"));
      assertThat(spec.asJson(new TypeRef<User>() {}).join()).isEqualTo(new User("Ada"));
      assertThat(spec.asBytes().join()).hasSize(14);
      assertThat(spec.asVoid().join()).isNull();
      Outcome<User> outcome = spec.asOutcome(User.class).join();
      assertThat(outcome.isSuccess()).isTrue();
      assertThat(outcome.map(User::name).orElseThrow()).isEqualTo("Ada");
      assertThat(outcome).isInstanceOf(Outcome.Success.class);
      FetchResponse response = spec.asResponse().join();
      assertThat(response.header("content-type")).isPresent();
      assertThat(response.headers()).containsKey("CONTENT-TYPE");
      assertThat(response.text()).isEqualTo(new String(response.body(), StandardCharsets.UTF_8));
      assertThat(response.url().toString()).isEqualTo(server.url("/"));
      assertThat(response.attempts()).isEqualTo(1);
      assertThat(response.elapsed()).isPositive();
      try (StreamedResponse streamed = spec.asStream().join()) {
        Flow.Publisher<ByteBuffer> body = streamed.body();
        assertThat(body).isNotNull();
        assertThat(streamed.status()).isEqualTo(200);
        assertThat(streamed.header("Content-Type")).isPresent();
        assertThat(streamed.headers()).isNotEmpty();
        assertThat(streamed.url()).isEqualTo(response.url());
        assertThat(streamed.attempts()).isEqualTo(1);
      }
    }
  }

  @Test
  void policiesAreMadeByTheirFactories() {
    assertThat(RetryPolicy.none().maxAttempts()).isEqualTo(1);
    assertThat(RetryPolicy.standard().maxAttempts()).isEqualTo(3);
    Duration delay =
        Backoff.exponential(Duration.ofMillis(100), Duration.ofSeconds(10))
            .withoutJitter()
            .delay(3, new Random(1));
    assertThat(delay).isEqualTo(Duration.ofMillis(400));
    assertThat(Backoff.fixed(Duration.ofMillis(5)).withFullJitter().delay(1, new Random(1)))
        .isLessThanOrEqualTo(Duration.ofMillis(5));
    assertThat(RetryBudget.standard()).isNotEqualTo(RetryBudget.unlimited());
  }

  @Test
  void sharedClientCannotBeClosedByOneOfItsUsers() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ANSWER)) {
      AsyncHttpClient.shared().close();
      AsyncHttpClient.shared().shutdown(Duration.ZERO).join();
      assertThat(AsyncHttpClient.shared().getString(server.url("/")).join()).contains("Ada");
      AsyncHttpClient own = AsyncHttpClient.create();
      own.shutdown(Duration.ofSeconds(1)).join();
      assertThat(own.getString(server.url("/"))).isCompletedExceptionally();
    }
  }
}
