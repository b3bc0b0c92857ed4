package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientMetricsTest {

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final FakeServer server = FakeServer.create();
  private final AsyncHttpClient client =
      server.client(
          builder ->
              builder
                  .maxConcurrency(1)
                  .retry(
                      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build()));

  private Timer requests(String... tags) {
    return registry.get("http.client.requests").tags(tags).timer();
  }

  private double gauge(String name) {
    clock.add(Duration.ofSeconds(1));
    return registry.get(name).gauge().value();
  }

  @Test
  void callIsTimedWithTheTagsOfSpringsClients() {
    ClientMetrics bound = ClientMetrics.of(client).clientName("users").bindTo(registry);
    server.on("GET", "/users/{id}", FakeReply.text("ok").after(Duration.ofMillis(250)));

    server.await(client.get("/users/{id}?full=true", 7).asString());

    Timer timer = requests("client.name", "users");
    assertThat(timer.getId().getTags())
        .containsExactlyInAnyOrderElementsOf(
            Tags.of(
                "method", "GET",
                "uri", "/users/{id}",
                "status", "200",
                "outcome", "SUCCESS",
                "exception", "none",
                "client.name", "users"));
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(250);
    bound.close();
  }

  @Test
  void addressIsNeverATag() {
    ClientMetrics.bindTo(registry, client);
    server.on("GET", "/users/7", FakeReply.text("ok"));

    server.await(client.getString("/users/7?key=secret"));
    server.await(client.get("/users/7").tag("user").asString());

    assertThat(requests("uri", "none").count()).isEqualTo(1);
    assertThat(requests("uri", "user").count()).isEqualTo(1);
    assertThat(registry.getMeters().toString()).doesNotContain("secret").doesNotContain("/users/7");
  }

  @Test
  void failuresAreToldApart() {
    ClientMetrics.of(client).tagHost(true).bindTo(registry);
    server.on("GET", "/gone", FakeReply.status(404));
    server.on("GET", "/down", FakeReply.fault(Fault.CONNECTION_REFUSED));
    server.on("GET", "/slow", FakeReply.fault(Fault.NO_ANSWER));

    assertThatThrownBy(() -> server.await(client.getString("/gone")));
    assertThatThrownBy(() -> server.await(client.get("/down").noRetry().asString()));
    client.getString("/slow").cancel(false);

    assertThat(requests("status", "404").getId().getTag("outcome")).isEqualTo("CLIENT_ERROR");
    assertThat(requests("status", "404").getId().getTag("exception"))
        .isEqualTo("ClientStatusError");
    assertThat(requests("status", "IO_ERROR").getId().getTag("outcome")).isEqualTo("UNKNOWN");
    assertThat(requests("status", "CANCELLED").getId().getTag("host")).isEqualTo("fake.example");
  }

  @Test
  void retriesAreCountedByReason() {
    ClientMetrics.bindTo(registry, client);
    server.on(
        "GET",
        "/x",
        FakeReply.status(503),
        FakeReply.fault(Fault.CONNECTION_RESET),
        FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(retries("503").count()).isEqualTo(1);
    assertThat(retries("RESET").count()).isEqualTo(1);
    clock.add(Duration.ofSeconds(1));
    assertThat(registry.get("fetchwell.attempts").functionCounter().count()).isEqualTo(3);
  }

  private Counter retries(String reason) {
    return registry.get("fetchwell.retries").tag("reason", reason).counter();
  }

  @Test
  void whatRunsAndWhatWaitsIsShown() {
    ClientMetrics.bindTo(registry, client);
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(2)));
    CompletableFuture<String> running = client.getString("/x");
    CompletableFuture<String> waiting = client.getString("/x");

    assertThat(gauge("fetchwell.calls.inflight")).isEqualTo(1);
    assertThat(gauge("fetchwell.calls.queued")).isEqualTo(1);
    assertThat(gauge("fetchwell.permits.available")).isZero();
    server.await(CompletableFuture.allOf(running, waiting));

    assertThat(gauge("fetchwell.calls.inflight")).isZero();
    assertThat(gauge("fetchwell.permits.available")).isEqualTo(1);
    Timer queue = registry.get("fetchwell.queue.time").timer();
    assertThat(queue.count()).isEqualTo(1);
    assertThat(queue.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
  }

  @Test
  void closingTakesTheGaugesOutAndCountsNoFurtherCall() {
    ClientMetrics bound = ClientMetrics.bindTo(registry, client);
    server.on("GET", "/x", FakeReply.text("ok"));
    server.await(client.getString("/x"));

    bound.close();
    server.await(client.getString("/x"));

    assertThat(requests().count()).isEqualTo(1);
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .noneMatch(id -> id.getName().equals("fetchwell.calls.inflight"));
  }

  @Test
  void closedRegistryCostsNoCall() {
    ClientMetrics.bindTo(registry, client);
    registry.close();
    server.on("GET", "/x", FakeReply.text("ok"));

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
  }
}
