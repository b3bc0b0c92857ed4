package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.RateLimitExceededError;
import dev.fetchwell.error.RateLimitedError;
import dev.fetchwell.error.ServerStatusError;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CoolDownWireTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  /** When each request came; the first one is answered with a wish to be left alone. */
  private final ConcurrentLinkedQueue<Long> arrivals = new ConcurrentLinkedQueue<>();

  private ScriptedServer server(int status, Map<String, String> headers) {
    Script script =
        Script.inOrder(Scripts.respond(status, headers, ""), Scripts.respond(200, "ok"));
    return wire.server(
        exchange -> {
          arrivals.add(System.nanoTime());
          script.handle(exchange);
        });
  }

  private ScriptedServer server(String retryAfter) {
    return server(429, Map.of("Retry-After", retryAfter));
  }

  private AsyncHttpClient client() {
    return wire.client(b -> b.coolDown(CoolDown.perHost()).retry(RetryPolicy.none()));
  }

  /** From the first request to the next. */
  private Duration pause() {
    List<Long> nanos = new ArrayList<>(arrivals);
    return Duration.ofNanos(nanos.get(1) - nanos.get(0));
  }

  @Test
  void otherCallsWaitUntilTheServerMayBeAskedAgain() {
    ScriptedServer server = server("1");
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), RateLimitedError.class);

    CompletableFuture<String> call = client.getString(server.url("/other"));
    assertThat(client.stats().resilience().coolingDown())
        .containsExactly("127.0.0.1:" + server.port());
    assertThat(client.stats().resilience().throttled()).isEqualTo(1);
    assertThat(client.stats().inFlight()).isZero();

    assertThat(value(call)).isEqualTo("ok");
    assertThat(pause()).isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
    assertThat(client.stats().resilience().coolingDown()).isEmpty();
  }

  @Test
  void dateIsAsGoodAsSeconds() {
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    DateTimeFormatter format = DateTimeFormatter.RFC_1123_DATE_TIME;
    ScriptedServer server =
        server(
            503,
            Map.of("Date", format.format(now), "Retry-After", format.format(now.plusSeconds(1))));
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), ServerStatusError.class);

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    assertThat(pause()).isGreaterThanOrEqualTo(Duration.ofMillis(950));
  }

  @Test
  void callWithoutThatMuchTimeFailsAtOnce() {
    ScriptedServer server = server("30");
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), RateLimitedError.class);

    RateLimitExceededError error =
        failure(
            client.get(server.url("/")).timeout(Duration.ofSeconds(5)).asString(),
            RateLimitExceededError.class);

    assertThat(error.retryAfter()).isBetween(Duration.ofSeconds(25), Duration.ofSeconds(30));
    assertThat(error.elapsed()).isLessThan(Duration.ofSeconds(3));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void callsThatWaitForThePermitDoNotFollowOnTheHeels() {
    ScriptedServer server = server("1");
    AsyncHttpClient client =
        wire.client(
            b -> b.coolDown(CoolDown.perHost()).retry(RetryPolicy.none()).maxConcurrency(1));
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      calls.add(client.getString(server.url("/")));
    }

    failure(calls.get(0), RateLimitedError.class);
    calls.subList(1, 30).forEach(call -> assertThat(value(call)).isEqualTo("ok"));

    assertThat(pause()).isGreaterThanOrEqualTo(Duration.ofMillis(950));
  }

  @Test
  void callThatWasAnsweredSoIsRetriedInTimeAndNotTwiceAsLate() {
    ScriptedServer server = server("1");
    AsyncHttpClient client = wire.client(b -> b.coolDown(CoolDown.perHost()));

    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");

    assertThat(pause()).isBetween(Duration.ofMillis(950), Duration.ofMillis(1_900));
  }

  @Test
  void answerOfAStreamCountsAndAStreamWaits() {
    ScriptedServer server = server("1");
    AsyncHttpClient client = client();
    failure(client.get(server.url("/")).asStream(), RateLimitedError.class);

    value(client.get(server.url("/")).asStream()).close();

    assertThat(pause()).isGreaterThanOrEqualTo(Duration.ofMillis(950));
  }

  @Test
  void hopOfARedirectWaitsForItsOwnHost() {
    ScriptedServer target = server("30");
    ScriptedServer origin = wire.server(Scripts.redirect(target.url("/")));
    AsyncHttpClient client = client();
    failure(client.getString(target.url("/")), RateLimitedError.class);

    assertThat(
            failure(
                client.get(origin.url("/")).timeout(Duration.ofSeconds(5)).asString(),
                RateLimitExceededError.class))
        .hasMessageContaining("leave 127.0.0.1:" + target.port() + " alone");
    assertThat(target.requests()).hasSize(1);
  }

  @Test
  void closeEndsThoseThatWaitAndAShutdownWithGraceLetsThemGo() {
    ScriptedServer server = server("20");
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), RateLimitedError.class);
    CompletableFuture<String> waits = client.getString(server.url("/"));
    client.close();
    failure(waits, ClientClosedError.class);

    ScriptedServer patient = server("1");
    AsyncHttpClient other = client();
    failure(other.getString(patient.url("/")), RateLimitedError.class);
    CompletableFuture<String> goes = other.getString(patient.url("/"));
    value(other.shutdown(Duration.ofSeconds(10)));
    assertThat(value(goes)).isEqualTo("ok");
  }

  @Test
  void copyOfAClientKnowsNothingOfIt() {
    ScriptedServer server = server("30");
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), RateLimitedError.class);

    AsyncHttpClient copy = wire.adopt(client.toBuilder().build());

    assertThat(value(copy.getString(server.url("/")))).isEqualTo("ok");
  }

  @Test
  void cancelledWaiterIsGoneAndTheOthersStillGo() {
    ScriptedServer server = server("1");
    AsyncHttpClient client = client();
    failure(client.getString(server.url("/")), RateLimitedError.class);
    CompletableFuture<String> leaves = client.getString(server.url("/"));
    CompletableFuture<String> stays = client.getString(server.url("/"));

    leaves.cancel(true);

    assertThat(client.stats().resilience().throttled()).isEqualTo(1);
    assertThat(value(stays)).isEqualTo("ok");
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void keyIsAskedForEachAttemptAndMayNameATenant() {
    ScriptedServer server = server("30");
    AsyncHttpClient client =
        wire.client(
            b ->
                b.retry(RetryPolicy.none())
                    .coolDown(CoolDown.by(request -> request.header("X-Tenant").orElse("none"))));
    failure(client.get(server.url("/")).header("X-Tenant", "a").asString(), RateLimitedError.class);

    assertThat(value(client.get(server.url("/")).header("X-Tenant", "b").asString()))
        .isEqualTo("ok");
    failure(
        client
            .get(server.url("/"))
            .header("X-Tenant", "a")
            .timeout(Duration.ofSeconds(5))
            .asString(),
        RateLimitExceededError.class);
  }

  @Test
  void longerWishOfACallInFlightProlongsTheWait() {
    CountDownLatch held = new CountDownLatch(1);
    wire.finallyDo(held::countDown);
    Script script =
        Script.inOrder(
            exchange -> {
              held.await();
              exchange.respond(429, Map.of("Retry-After", "30"), "");
            },
            Scripts.retryAfter(429, "1"));
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = client();
    CompletableFuture<String> first = client.getString(server.url("/"));
    Eventually.holds(() -> server.requests().size() == 1, "the first is on its way");
    failure(client.getString(server.url("/")), RateLimitedError.class);
    CompletableFuture<String> waits =
        client.get(server.url("/")).timeout(Duration.ofSeconds(10)).asString();

    held.countDown();
    failure(first, RateLimitedError.class);

    assertThat(failure(waits, RateLimitExceededError.class).retryAfter())
        .isGreaterThan(SECOND.multipliedBy(20));
    assertThat(server.requests()).hasSize(2);
  }
}
