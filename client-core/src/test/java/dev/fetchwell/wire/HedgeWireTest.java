package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HedgeWireTest {

  /** Longer than a busy machine takes to send a request, so that the first one arrives first. */
  private static final Duration AFTER = Duration.ofMillis(250);

  private static final HedgePolicy POLICY = HedgePolicy.after(AFTER).budget(1);

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger hungUp = new AtomicInteger();

  private AsyncHttpClient client() {
    return wire.client(builder -> builder.hedge(POLICY).retry(RetryPolicy.none()));
  }

  /** The first so many never get an answer. */
  private Script silentFor(int count) {
    return exchange -> {
      if (requests.incrementAndGet() > count) {
        exchange.respond(200, "ok");
        return;
      }
      try {
        exchange.stall();
      } catch (IOException clientHungUp) {
        hungUp.incrementAndGet();
        throw clientHungUp;
      }
    };
  }

  private void awaitHungUp(int count) {
    Eventually.holds(() -> hungUp.get() == count, count + " connections closed by the client");
  }

  private static void assertHedges(AsyncHttpClient client, int sent, int won) {
    assertThat(client.stats().resilience().hedges()).isEqualTo(sent);
    assertThat(client.stats().resilience().hedgesWon()).isEqualTo(won);
  }

  @Test
  void serverSeesTheLoserHangUpAndTheNextCallUsesTheWinnersConnection() {
    ScriptedServer server = wire.server(silentFor(1));
    AsyncHttpClient client = client();

    FetchResponse response = value(client.get(server.url("/")).asResponse());

    assertThat(response.text()).isEqualTo("ok");
    assertThat(response.attempts()).isEqualTo(2);
    awaitHungUp(1);
    assertHedges(client, 1, 1);
    assertThat(value(client.getString(server.url("/")))).isEqualTo("ok");
    assertThat(server.acceptedConnections()).isEqualTo(2);
  }

  @Test
  void loserOnHttp2IsResetAndTheConnectionGoesOn() {
    RawHttp2Server server = wire.closing(RawHttp2Server.start(Answer.silence(), Answer.ok()));
    AsyncHttpClient client =
        wire.adopt(
            AsyncHttpClient.builder()
                .okHttp(
                    new OkHttpClient.Builder()
                        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                        .build())
                .hedge(POLICY)
                .retry(RetryPolicy.none())
                .build());

    assertThat(value(client.get(server.url("/")).asResponse()).attempts()).isEqualTo(2);

    server.awaitResets(1);
    assertThat(value(client.getString(server.url("/")))).isEmpty();
    assertThat(server.streams()).isEqualTo(3);
    assertThat(server.acceptedConnections()).isEqualTo(1);
    assertHedges(client, 1, 1);
    client.close();
  }

  @Test
  void streamIsHedgedUntilItsHeadersAndNeverAfter() throws Exception {
    ScriptedServer server =
        wire.server(
            exchange -> {
              if (requests.incrementAndGet() == 1) {
                exchange.stall();
              }
              exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
              exchange.pause(AFTER.multipliedBy(3));
              exchange.raw("cd");
            });
    AsyncHttpClient client = client();

    try (StreamedResponse response = value(client.get(server.url("/")).asStream())) {
      assertThat(response.attempts()).isEqualTo(2);
      byte[] all = response.inputStream().readAllBytes();
      assertThat(new String(all, StandardCharsets.US_ASCII)).isEqualTo("abcd");
    }
    assertThat(requests).hasValue(2);
    assertHedges(client, 1, 1);
  }

  @Test
  void bodyInMemoryIsSentWholeByBoth() {
    ScriptedServer server = wire.server(silentFor(1));
    byte[] body = new byte[100_000];

    assertThat(value(client().put(server.url("/")).body(body, "a/b").asString())).isEqualTo("ok");

    assertThat(server.awaitRequests(2)).allSatisfy(each -> assertThat(each.body()).isEqualTo(body));
    awaitHungUp(1);
  }

  @Test
  void cancelOfTheCallHangsUpBoth() {
    ScriptedServer server = wire.server(silentFor(2));
    CompletableFuture<String> call = client().getString(server.url("/"));
    server.awaitRequests(2);

    call.cancel(true);

    awaitHungUp(2);
  }

  @Test
  void closingClientHangsUpBoth() {
    ScriptedServer server = wire.server(silentFor(2));
    AsyncHttpClient client = client();
    CompletableFuture<String> call = client.getString(server.url("/"));
    server.awaitRequests(2);

    client.close();

    failure(call, CancellationException.class);
    awaitHungUp(2);
  }

  @Test
  void derivedClientHedgesTooAndARequestMaySayNo() {
    ScriptedServer server = wire.server(silentFor(1));
    AsyncHttpClient derived = wire.adopt(client().toBuilder().build());
    assertThat(value(derived.getString(server.url("/")))).isEqualTo("ok");
    assertHedges(derived, 1, 1);
    awaitHungUp(1);

    CompletableFuture<String> alone =
        wire.adopt(derived.toBuilder().timeout(Duration.ofMillis(200)).build())
            .get(wire.server(silentNow()).url("/"))
            .hedge(HedgePolicy.none())
            .asString();
    assertThat(failure(alone, FetchTimeoutError.class).attempts()).isEqualTo(1);
  }

  private static Script silentNow() {
    return exchange -> exchange.stall();
  }
}
