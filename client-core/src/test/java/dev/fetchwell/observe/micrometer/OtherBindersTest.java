package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import io.github.resilience4j.micrometer.tagged.TaggedBulkheadMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.github.resilience4j.micrometer.tagged.TaggedRetryMetrics;
import io.micrometer.core.instrument.binder.okhttp3.OkHttpConnectionPoolMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Binders that others wrote for what is inside of a client. */
@Timeout(30)
class OtherBindersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client =
      server.client(
          builder ->
              builder
                  .maxConcurrency(4)
                  .maxConcurrencyPerHost(2)
                  .circuitBreaker(CircuitBreakerPolicy.standard())
                  .retry(
                      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build()));

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  @Test
  void retriesOfResilience4jAreCounted() {
    TaggedRetryMetrics.ofRetryRegistry(client.retries()).bindTo(registry);
    server.on("GET", "/x", FakeReply.status(503), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(
            registry
                .get("resilience4j.retry.calls")
                .tag("kind", "successful_with_retry")
                .functionCounter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void permitsOfResilience4jAreShownWhileACallRuns() {
    TaggedBulkheadMetrics.ofBulkheadRegistry(client.bulkheads()).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(1)));
    CompletableFuture<String> call = client.getString("/x");

    String free = "resilience4j.bulkhead.available.concurrent.calls";
    assertThat(gauge(free, "name", "all")).isEqualTo(3);
    assertThat(gauge(free, "name", "fake.example")).isEqualTo(1);

    server.await(call);
    assertThat(gauge(free, "name", "all")).isEqualTo(4);
  }

  @Test
  void breakersOfResilience4jAreShown() {
    TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(client.breakers()).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(
            gauge("resilience4j.circuitbreaker.state", "name", "fake.example", "state", "closed"))
        .isEqualTo(1);
    assertThat(
            registry
                .get("resilience4j.circuitbreaker.calls")
                .tags("name", "fake.example", "kind", "successful")
                .timer()
                .count())
        .isEqualTo(1);
  }

  @Test
  void connectionsOfAPoolOfTheCallersAreShown() throws Exception {
    OkHttpClient own = new OkHttpClient();
    OkHttpConnectionPoolMetrics binder = new OkHttpConnectionPoolMetrics(own.connectionPool());
    binder.bindTo(registry);
    try (ScriptedServer real = ScriptedServer.start(Scripts.respond(200, "ok"));
        AsyncHttpClient overOwn =
            AsyncHttpClient.builder().baseUrl(real.url("")).okHttp(own).build()) {
      overOwn.getString("/x").join();

      String connections = "okhttp.pool.connection.count";
      assertThat(gauge(connections, "state", "active") + gauge(connections, "state", "idle"))
          .isEqualTo(1);
    }
  }
}
