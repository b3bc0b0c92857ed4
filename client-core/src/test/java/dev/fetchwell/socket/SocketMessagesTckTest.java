package dev.fetchwell.socket;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/** The Reactive Streams rules, over real web sockets. */
public final class SocketMessagesTckTest extends FlowPublisherVerification<SocketMessage> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;

  private final ScriptedServer server =
      ScriptedServer.start(
          exchange -> {
            long count = Long.parseLong(exchange.request().path().substring(1));
            WebSocketPeer peer = WebSocketPeer.accept(exchange);
            for (long i = 0; i < count; i++) {
              peer.text("message");
            }
            peer.close(1000);
            peer.serve();
          });
  private final AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build();

  public SocketMessagesTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  @AfterClass
  public void close() {
    client.close();
    server.close();
  }

  @Override
  public Flow.Publisher<SocketMessage> createFlowPublisher(long elements) {
    return ReconnectingWebSocket.builder(client, "/" + elements).publisher();
  }

  /** None: what fails is the connection, which is made after the subscription. */
  @Override
  public Flow.@Nullable Publisher<SocketMessage> createFailedFlowPublisher() {
    return null;
  }
}
