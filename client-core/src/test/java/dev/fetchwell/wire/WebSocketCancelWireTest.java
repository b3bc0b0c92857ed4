package dev.fetchwell.wire;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Handshakes that are given up at any moment leave no connection behind. */
@Timeout(60)
class WebSocketCancelWireTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @RegisterExtension final ClientsAndServers net = new ClientsAndServers();

  private static Script serve() {
    return exchange -> WebSocketPeer.accept(exchange).serve();
  }

  @Test
  void stopAtAnyMomentOfTheHandshakeGivesTheConnectionBack() {
    ScriptedServer server = net.server(serve());
    AsyncHttpClient client = net.client();
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      ReconnectingWebSocket socket =
          ReconnectingWebSocket.builder(client, server.url("/")).connect();
      LockSupport.parkNanos(random.nextInt(2_000_000));
      Awaited.ending(socket.stop(Duration.ZERO), SOON);
    }
  }

  @Test
  void interceptorThatThrowsAfterTheUpgradeGivesTheConnectionBack() {
    ScriptedServer server = net.server(serve());
    OkHttpClient own =
        new OkHttpClient.Builder()
            .addNetworkInterceptor(
                chain -> {
                  var unused = chain.proceed(chain.request());
                  throw new IllegalStateException("theirs");
                })
            .build();
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(net.clientOn(own), server.url("/")).maxFailures(0).connect();

    Throwable unused = Awaited.error(socket.closed());
  }
}
