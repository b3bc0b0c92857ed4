package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.NioServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More calls to a host at once than one part of the connection pool is for. */
class LanesWireTest {

  private static final int CALLS = 150;

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final NioServer server = wire.closing(NioServer.start());

  private AsyncHttpClient client() {
    return wire.client(
        builder -> builder.maxConcurrency(CALLS).maxConcurrencyPerHost(CALLS).maxConnecting(CALLS));
  }

  /** All at once. */
  private void burst(AsyncHttpClient client) {
    server.hold(CALLS);
    List<CompletableFuture<String>> calls =
        Stream.generate(() -> client.getString(server.url("/"))).limit(CALLS).toList();
    calls.forEach(call -> value(call));
  }

  @Test
  void secondBurstFindsTheConnectionsOfTheFirst() {
    AsyncHttpClient client = client();
    burst(client);
    assertThat(server.statistics().acceptedConnections()).isEqualTo(CALLS);
    assertThat(client.stats().idleConnections()).isGreaterThanOrEqualTo(CALLS);

    burst(client);

    assertThat(server.statistics().acceptedConnections()).isEqualTo(CALLS);
  }

  @Test
  void callsOneAfterTheOtherNeedNoOtherConnectionAfterABurst() {
    AsyncHttpClient client = client();
    burst(client);
    for (int i = 0; i < 20; i++) {
      assertThat(value(client.getString(server.url("/")))).isNotEmpty();
    }
    assertThat(server.statistics().acceptedConnections()).isEqualTo(CALLS);
  }
}
