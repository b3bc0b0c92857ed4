package dev.fetchwell.stream;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ScriptedServer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;

/** The Reactive Streams rules, over real responses. */
public final class LinesTckTest extends FlowPublisherVerification<String> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;

  private final ScriptedServer server =
      ScriptedServer.start(
          exchange -> {
            long count = Long.parseLong(exchange.request().path().substring(1));
            exchange.raw("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            for (long i = 0; i < count; i++) {
              exchange.raw("line\n");
            }
            exchange.close();
          });
  private final AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.url("")).build();

  public LinesTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  @AfterClass
  public void close() {
    client.close();
    server.close();
  }

  @Override
  public Flow.Publisher<String> createFlowPublisher(long elements) {
    return Lines.from(client.get("/" + elements)).publisher();
  }

  /** None: a request is sent, and so fails, when the first line is asked for. */
  @Override
  public Flow.@Nullable Publisher<String> createFailedFlowPublisher() {
    return null;
  }
}
