package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.CircuitOpenError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.observe.CircuitState;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import okhttp3.Cache;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitBreakerWireTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final EventRecorder heard = new EventRecorder();

  /** Opens at two failures of four, for long. */
  private static CircuitBreakerPolicy.Builder policy() {
    return CircuitBreakerPolicy.builder()
        .slidingWindow(4)
        .minimumCalls(2)
        .openFor(LONG)
        .trialCalls(1);
  }

  private AsyncHttpClient client(UnaryOperator<AsyncHttpClient.Builder> settings) {
    return wire.client(
        builder ->
            settings.apply(
                builder
                    .circuitBreaker(policy().build())
                    .retry(RetryPolicy.none())
                    .listener(heard)));
  }

  private static @Nullable CircuitState state(AsyncHttpClient client, ScriptedServer server) {
    return client.stats().resilience().breakers().get("127.0.0.1:" + server.port());
  }

  private static void open(AsyncHttpClient client, ScriptedServer failing) {
    for (int i = 0; i < 2; i++) {
      assertThat(failure(client.getString(failing.url("/")), ServerStatusError.class)).isNotNull();
    }
    assertThat(state(client, failing)).isEqualTo(CircuitState.OPEN);
  }

  /** Two permits in all, which the dead one would hold for an attempt's time again and again. */
  @Test
  void deadHostDoesNotSlowAnother() {
    ScriptedServer dead = wire.server(Scripts.stall());
    ScriptedServer healthy = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client =
        client(
            builder ->
                builder
                    .maxConcurrency(2)
                    .maxConcurrencyPerHost(2)
                    .attemptTimeout(Duration.ofSeconds(1)));
    List<CompletableFuture<String>> first = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      first.add(client.getString(dead.url("/")));
    }
    first.forEach(call -> assertThat(failure(call, FetchTimeoutError.class)).isNotNull());
    long start = System.nanoTime();
    for (int i = 0; i < 50; i++) {
      var refused = client.getString(dead.url("/"));
      assertThat(refused).as("refused at once").isCompletedExceptionally();
      assertThat(value(client.getString(healthy.url("/")))).isEqualTo("ok");
    }

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("50 calls to each; they would wait 25 s for the dead one")
        .isLessThan(Duration.ofSeconds(5));
    assertThat(dead.requests()).hasSize(2);
    assertThat(healthy.requests()).hasSize(50);
    assertThat(heard.events()).doesNotContain("queued");
  }

  /** Which of the two comes first is a race: the cancel from above or the attempt's own timer. */
  @ParameterizedTest
  @ValueSource(longs = {300, 1_000})
  void hostThatHangsOpensItAlsoWhereTheCallsDeadlineIsTheLimit(long attemptMillis) {
    ScriptedServer dead = wire.server(Scripts.stall());
    AsyncHttpClient client =
        client(
            builder ->
                builder
                    .timeout(Duration.ofMillis(attemptMillis))
                    .attemptTimeout(Duration.ofMillis(attemptMillis)));
    for (int i = 0; i < 2; i++) {
      var call = client.get(dead.url("/")).timeout(SHORT).attemptTimeout(SHORT).asString();
      assertThat(failure(call, FetchTimeoutError.class)).isNotNull();
    }
    Eventually.holds(() -> state(client, dead) == CircuitState.OPEN, "an open breaker");

    assertThat(failure(client.getString(dead.url("/")), CircuitOpenError.class)).isNotNull();
    heard.awaitEvent(
        "circuitChanged 127.0.0.1:" + dead.port() + " CLOSED OPEN", Duration.ofSeconds(5));
  }

  @Test
  void hostThatNeverAcceptsOpensIt() throws Exception {
    DeadEnds.NeverAccepts dead = wire.closing(DeadEnds.neverAccepts());
    AsyncHttpClient client = client(builder -> builder.connectTimeout(SHORT));
    for (int i = 0; i < 2; i++) {
      var call = client.getString(dead.url("/"));
      assertThat(failure(call, FetchTimeoutError.class)).isNotNull();
    }

    assertThat(failure(client.getString(dead.url("/")), CircuitOpenError.class)).isNotNull();
  }

  @Test
  void hostThatComesBackIsCalledAgain() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(503, ""), Scripts.respond(503, ""), Scripts.respond(200, "1")));
    AsyncHttpClient client =
        client(builder -> builder.circuitBreaker(policy().openFor(SHORT).build()));
    open(client, server);
    Eventually.holds(
        () -> value(client.get(server.url("/")).asOutcome(Integer.class)).isSuccess(),
        "the host to be tried");

    assertThat(state(client, server)).isEqualTo(CircuitState.CLOSED);
    assertThat(server.requests()).hasSize(3);
    assertThat(heard.events())
        .containsSubsequence(
            "circuitChanged 127.0.0.1:" + server.port() + " CLOSED OPEN",
            "circuitChanged 127.0.0.1:" + server.port() + " OPEN HALF_OPEN",
            "circuitChanged 127.0.0.1:" + server.port() + " HALF_OPEN CLOSED");
  }

  @Test
  void eachHopOfARedirectHasItsOwnHostsBreaker() {
    ScriptedServer failing = wire.server(Scripts.respond(503, ""));
    ScriptedServer leading = wire.server(Scripts.redirect(failing.url("/there")));
    AsyncHttpClient client = client(builder -> builder);
    open(client, failing);

    CircuitOpenError error = failure(client.getString(leading.url("/")), CircuitOpenError.class);

    assertThat(error).hasMessageContaining("127.0.0.1:" + failing.port());
    assertThat(state(client, leading)).isEqualTo(CircuitState.CLOSED);
    assertThat(failing.requests()).hasSize(2);
  }

  @Test
  void brokenBodiesCountUnlessTheyAreStreamed() {
    ScriptedServer server = wire.server(Faults.truncatedBody());
    AsyncHttpClient client = client(builder -> builder);
    for (int i = 0; i < 3; i++) {
      try (StreamedResponse open = value(client.get(server.url("/")).asStream())) {
        assertThat(open.status()).isEqualTo(200);
      }
    }
    assertThat(state(client, server)).isEqualTo(CircuitState.CLOSED);
    for (int i = 0; i < 2; i++) {
      assertThat(client.getString(server.url("/"))).failsWithin(Duration.ofSeconds(10));
    }

    assertThat(state(client, server)).isEqualTo(CircuitState.OPEN);
  }

  @Test
  void undecodableBodiesAreTheCallersFault() {
    ScriptedServer server = wire.server(Scripts.respond(200, "{"));
    AsyncHttpClient client = client(builder -> builder);
    for (int i = 0; i < 4; i++) {
      assertThat(client.getJson(server.url("/"), Map.class)).failsWithin(Duration.ofSeconds(10));
    }

    assertThat(state(client, server)).isEqualTo(CircuitState.CLOSED);
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void ownInterceptorThatThrowsSaysNothingOfTheHost() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  throw new IOException("no token");
                })
            .build();
    wire.closing(() -> own.connectionPool().evictAll());
    AsyncHttpClient client = client(builder -> builder.okHttp(own));
    for (int i = 0; i < 4; i++) {
      assertThat(client.getString(server.url("/"))).failsWithin(Duration.ofSeconds(10));
    }

    assertThat(state(client, server)).isEqualTo(CircuitState.CLOSED);
    assertThat(
            client
                .breakers()
                .circuitBreaker("127.0.0.1:" + server.port())
                .getMetrics()
                .getNumberOfBufferedCalls())
        .isZero();
  }

  @Test
  void answersOfACacheSayNothingOfTheHost(@TempDir Path folder) throws Exception {
    ScriptedServer server =
        wire.server(Scripts.respond(200, Map.of("Cache-Control", "max-age=60"), "ok"));
    Cache cache = wire.closing(new Cache(folder.toFile(), 1_000_000));
    OkHttpClient own = new OkHttpClient.Builder().cache(cache).build();
    wire.closing(() -> own.connectionPool().evictAll());
    AsyncHttpClient client = client(builder -> builder.okHttp(own));
    for (int i = 0; i < 3; i++) {
      assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    }
    for (int i = 0; i < 3; i++) {
      var call =
          client.get(server.url("/other")).header("Cache-Control", "only-if-cached").asString();
      assertThat(failure(call, ServerStatusError.class).status()).isEqualTo(504);
    }

    assertThat(server.requests()).hasSize(1);
    var metrics = client.breakers().circuitBreaker("127.0.0.1:" + server.port()).getMetrics();
    assertThat(metrics.getNumberOfSuccessfulCalls()).isEqualTo(1);
    assertThat(metrics.getNumberOfFailedCalls()).isZero();
  }

  @Test
  void derivedClientHasBreakersOfItsOwn() {
    ScriptedServer failing = wire.server(Scripts.respond(503, ""));
    AsyncHttpClient client = client(builder -> builder);
    AsyncHttpClient derived = wire.adopt(client.toBuilder().userAgent("derived").build());
    open(client, failing);

    assertThat(failure(derived.getString(failing.url("/")), ServerStatusError.class)).isNotNull();
    assertThat(failure(client.getString(failing.url("/")), CircuitOpenError.class)).isNotNull();
  }

  @Test
  void clientWithoutOneHasNone() {
    ScriptedServer failing = wire.server(Scripts.respond(503, ""));
    AsyncHttpClient client = wire.client(builder -> builder.retry(RetryPolicy.none()));
    for (int i = 0; i < 30; i++) {
      assertThat(failure(client.getString(failing.url("/")), ServerStatusError.class)).isNotNull();
    }

    assertThat(client.stats().resilience().breakers()).isEmpty();
    assertThat(client.breakers().getAllCircuitBreakers()).isEmpty();
  }

  /** Else a feed would end for good while its host is down for a minute. */
  @Test
  void feedGoesOnOnceTheBreakerLetsItThrough() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(503, ""),
                Scripts.respond(503, ""),
                Scripts.respond(200, Map.of("Content-Type", "text/event-stream"), "data: 1\n\n"),
                Scripts.respond(204, "")));
    AsyncHttpClient client =
        client(builder -> builder.circuitBreaker(policy().openFor(SHORT).build()));
    List<String> events = new CopyOnWriteArrayList<>();
    CompletableFuture<?> feed =
        EventStream.from(client.get(server.url("/")))
            .reconnectDelay(Duration.ofMillis(1))
            .forEach(event -> events.add(event.data()));

    Eventually.holds(feed::isDone, "the feed's end");

    assertThat(feed).isCompleted();
    assertThat(events).containsExactly("1");
  }
}
