package dev.fetchwell.observe.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HostMetersTest {

  private final MockClock clock = new MockClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final FakeServer server = FakeServer.create();

  private AsyncHttpClient client() {
    return server.client(
        builder ->
            builder
                .circuitBreaker(CircuitBreakerPolicy.builder().minimumCalls(2).build())
                .adaptiveLimit(AdaptiveLimit.between(4, 4))
                .retry(
                    RetryPolicy.builder()
                        .backoff(Backoff.fixed(Duration.ofMillis(1)))
                        .budget(RetryBudget.of(0, 0, 10))
                        .build()));
  }

  private double gauge(String name, String... tags) {
    clock.add(Duration.ofSeconds(1));
    return registry.get(name).tags(tags).gauge().value();
  }

  private long named(String name) {
    return registry.getMeters().stream()
        .map(Meter::getId)
        .filter(id -> id.getName().equals(name))
        .count();
  }

  @Test
  void hostsHaveNoMetersUnlessAskedFor() {
    AsyncHttpClient client = client();
    ClientMetrics.bindTo(registry, client);
    server.on("GET", "/x", FakeReply.status(503), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(registry.getMeters()).noneMatch(meter -> meter.getId().getTag("host") != null);
    assertThat(gauge("fetchwell.retry.budget.lowest")).isEqualTo(9);
  }

  @Test
  void breakerLimitAndBudgetOfEachHostAreShown() {
    AsyncHttpClient client = client();
    ClientMetrics.of(client).clientName("users").tagHost(true).bindTo(registry);
    server.on("GET", "https://good.example/x", FakeReply.text("ok"));
    server.on("GET", "https://bad.example/x", FakeReply.status(503));

    server.await(client.getString("https://good.example/x"));
    assertThatThrownBy(() -> server.await(client.getString("https://bad.example/x")));

    assertThat(gauge("fetchwell.breaker.state", "host", "good.example", "state", "closed"))
        .isEqualTo(1);
    assertThat(gauge("fetchwell.breaker.state", "host", "bad.example", "state", "closed")).isZero();
    assertThat(gauge("fetchwell.breaker.state", "host", "bad.example", "state", "open"))
        .isEqualTo(1);
    assertThat(gauge("fetchwell.limit", "host", "good.example", "client.name", "users"))
        .isEqualTo(4);
    assertThat(gauge("fetchwell.retry.budget", "host", "bad.example")).isEqualTo(8);
    assertThat(named("fetchwell.retry.budget")).isEqualTo(1);
  }

  @Test
  void hostsThatWereCalledFirstAreToldApartAndTheRestIsOneValue() {
    AsyncHttpClient client = client();
    ClientMetrics.of(client).tagHost(true).maxHosts(2).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok"));

    for (int i = 0; i < 50; i++) {
      server.await(client.getString("https://host" + i + ".example/x"));
    }

    assertThat(registry.get("http.client.requests").timers())
        .extracting(timer -> Objects.requireNonNull(timer.getId().getTag("host")))
        .containsExactlyInAnyOrder("host0.example", "host1.example", "other");
    assertThat(named("fetchwell.limit")).isEqualTo(2);
    assertThat(named("fetchwell.breaker.state")).isEqualTo(6);
  }

  @Test
  void hostThatARedirectLedToHasItsOwn() {
    AsyncHttpClient client = client();
    ClientMetrics.of(client).tagHost(true).bindTo(registry);
    server.on(
        "GET",
        "https://one.example/x",
        FakeReply.status(302).header("Location", "https://two.example/x"));
    server.on("GET", "https://two.example/x", FakeReply.text("ok"));

    server.await(client.getString("https://one.example/x"));

    assertThat(gauge("fetchwell.limit", "host", "two.example")).isEqualTo(4);
  }

  @Test
  void closingTakesTheGaugesOfHostsOut() {
    AsyncHttpClient client = client();
    ClientMetrics bound = ClientMetrics.of(client).tagHost(true).bindTo(registry);
    server.on("GET", "/x", FakeReply.text("ok"));
    server.await(client.getString("/x"));

    bound.close();

    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .containsExactly("http.client.requests");
  }

  @Test
  void numberOfHostsIsChecked() {
    assertThatThrownBy(() -> ClientMetrics.of(client()).maxHosts(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxHosts: 0 (expected: >= 1)");
  }
}
