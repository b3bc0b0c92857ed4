package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.LimitChanged;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AdaptiveLimitWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final List<LimitChanged> changes = new CopyOnWriteArrayList<>();

  @Test
  void limitFallsWhereTheHostRefusesAndItIsTold() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(120), Scripts.respond(503, "no")));
    AsyncHttpClient client = client();

    calls(client, server, 60);

    assertThat(limit(client, server)).isLessThan(16);
    assertThat(changes).isNotEmpty();
    LimitChanged first = changes.get(0);
    assertThat(first.from()).isEqualTo(16);
    assertThat(first.to()).isLessThan(16);
    assertThat(first.host()).isEqualTo(host(server));
  }

  @Test
  void limitRisesOnAHostThatKeepsUp() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(120), Scripts.respond(200, "yes")));
    AsyncHttpClient client = client();

    calls(client, server, 60);

    assertThat(limit(client, server)).isGreaterThan(16);
    assertThat(changes.get(0).to()).isGreaterThan(16);
  }

  @Test
  void hostThatIsSilentUntilTheDeadlineIsASignOfOverload() {
    ScriptedServer server = wire.server(Scripts.stall());
    Duration limit = Duration.ofMillis(400);
    AsyncHttpClient client =
        wire.client(
            builder ->
                builder
                    .adaptiveLimit(AdaptiveLimit.standard())
                    .timeout(limit)
                    .attemptTimeout(limit));

    // A call that has no connection by its deadline is no sign of overload: then 16 are too few.
    Eventually.holds(
        () -> {
          calls(client, server, 16);
          return limit(client, server) == 8;
        },
        "half of the limit");
  }

  @Test
  void openStreamsLeaveTheLimitToOtherCalls() {
    ScriptedServer server =
        wire.server(
            exchange -> {
              if (exchange.request().path().equals("/stream")) {
                exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                exchange.stall();
              }
              exchange.respond(200, "ok");
            });
    AsyncHttpClient client =
        wire.client(builder -> builder.adaptiveLimit(AdaptiveLimit.between(1, 1)));
    List<StreamedResponse> streams = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      streams.add(value(client.get(server.url("/stream")).asStream()));
    }

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    assertThat(limit(client, server)).isEqualTo(1);
    assertThat(
            client.bulkheads().bulkhead(host(server)).getMetrics().getMaxAllowedConcurrentCalls())
        .isLessThanOrEqualTo(6);

    streams.forEach(StreamedResponse::close);
  }

  @Test
  void derivedClientAdaptsOnItsOwn() {
    ScriptedServer server =
        wire.server(Scripts.delayed(Duration.ofMillis(120), Scripts.respond(503, "no")));
    AsyncHttpClient client = client();
    AsyncHttpClient derived = wire.adopt(client.toBuilder().build());

    calls(client, server, 60);
    calls(derived, server, 1);

    assertThat(limit(client, server)).isLessThan(16);
    assertThat(limit(derived, server)).isEqualTo(16);
  }

  @Test
  void clientWithoutItTellsNoLimit() {
    ScriptedServer server = wire.server(Scripts.respond(200, "yes"));
    AsyncHttpClient client = wire.client();

    calls(client, server, 1);

    assertThat(client.stats().resilience().limits()).isEmpty();
  }

  @Test
  void limitAboveThatOfAHostIsRefused() {
    assertThatThrownBy(
            () -> AsyncHttpClient.builder().adaptiveLimit(AdaptiveLimit.between(4, 65)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "adaptiveLimit: AdaptiveLimit[4 to 65] (expected: <= maxConcurrencyPerHost 64;"
                + " raise that, or lower the limit)");
    assertThatThrownBy(
            () ->
                AsyncHttpClient.builder()
                    .adaptiveLimit(new AdaptiveLimit(9, 0))
                    .maxConcurrencyPerHost(8)
                    .build())
        .hasMessageContaining("AdaptiveLimit[9 to maxConcurrencyPerHost]");
    wire.client(
        builder -> builder.adaptiveLimit(AdaptiveLimit.between(4, 65)).maxConcurrencyPerHost(65));
  }

  private AsyncHttpClient client() {
    return wire.client(
        builder ->
            builder
                .adaptiveLimit(AdaptiveLimit.standard())
                .listener(
                    new CallListener() {
                      @Override
                      public void limitChanged(LimitChanged event) {
                        changes.add(event);
                      }
                    }));
  }

  private static void calls(AsyncHttpClient client, ScriptedServer server, int count) {
    List<CompletableFuture<?>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(client.get(server.url("/")).noRetry().asString().handle((body, thrown) -> body));
    }
    calls.forEach(call -> value(call));
  }

  private static String host(ScriptedServer server) {
    return URI.create(server.url("/")).getAuthority();
  }

  private static int limit(AsyncHttpClient client, ScriptedServer server) {
    return client.stats().resilience().limits().getOrDefault(host(server), 0);
  }
}
