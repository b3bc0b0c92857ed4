package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What {@code stats().openConnections} counts: sockets, on a pool of the test's own. */
class OpenConnectionsWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private void assertOpensOneUntilCancelled(
      AsyncHttpClient client, String url, Runnable awaitServer) {
    CompletableFuture<String> call = client.get(url).noRetry().asString();
    wire.finallyCancel(call);
    awaitServer.run();
    assertThat(client.stats().openConnections()).isEqualTo(1);
    assertThat(client.stats().idleConnections()).isZero();
    call.cancel(true);
    Eventually.holds(() -> client.stats().openConnections() == 0, "none open");
  }

  @Test
  void connectionInItsHandshakeIsOpen() {
    ScriptedServer stalls = wire.serverOnConnect(Scripts.stall());
    AsyncHttpClient client = wire.clientOn(new OkHttpClient());
    assertOpensOneUntilCancelled(
        client, "https://127.0.0.1:" + stalls.port() + "/", () -> stalls.awaitConnections(1));
  }

  @Test
  void connectionToAProxyThatDoesNotAnswerIsOpen() {
    ScriptedServer stalls = wire.server(Scripts.stall());
    Proxy proxy =
        new Proxy(
            Proxy.Type.HTTP,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), stalls.port()));
    AsyncHttpClient client = wire.clientOn(new OkHttpClient.Builder().proxy(proxy).build());
    assertOpensOneUntilCancelled(client, "https://api.example.com/", () -> stalls.awaitRequests(1));
  }

  @Test
  void usedConnectionIsOpenAndThenIdleAndGoneWhenTheServerClosesItAfterItsAnswer() {
    CountDownLatch answer = new CountDownLatch(1);
    wire.finallyDo(answer::countDown);
    ScriptedServer server =
        wire.server(
            exchange -> {
              answer.await();
              exchange.respond(200, "ok");
            });
    AsyncHttpClient client = wire.clientOn(new OkHttpClient());
    CompletableFuture<String> call = client.getString(server.url("/"));
    server.awaitRequests(1);
    assertThat(client.stats().openConnections()).isEqualTo(1);
    assertThat(client.stats().idleConnections()).isZero();
    answer.countDown();
    value(call);
    assertThat(client.stats().openConnections()).isEqualTo(1);
    assertThat(client.stats().idleConnections()).isEqualTo(1);
    assertThat(wire.adopt(client.toBuilder().build()).stats().openConnections())
        .as("of another client on the pool")
        .isEqualTo(1);

    ScriptedServer closing =
        wire.server(
            e -> e.raw("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
    AsyncHttpClient other = wire.clientOn(new OkHttpClient());
    value(other.getString(closing.url("/")));
    assertThat(other.stats().openConnections()).isZero();
  }

  @Test
  void http2ConnectionThatTheServerClosedIsNotOpen() throws Exception {
    MockWebServer server = wire.closing(new MockWebServer());
    server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    server.enqueue(new MockResponse.Builder().body("ok").build());
    server.start();
    AsyncHttpClient client =
        wire.clientOn(
            new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build());
    value(client.getString(server.url("/").toString()));
    assertThat(client.stats().openConnections()).isEqualTo(1);
    server.close();
    Eventually.holds(() -> client.stats().openConnections() == 0, "none open");
    assertThat(client.stats().idleConnections()).isZero();
  }
}
