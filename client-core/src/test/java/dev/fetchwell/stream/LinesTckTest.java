package dev.fetchwell.stream;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ScriptedServer;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The publishers of this package keep to Reactive Streams: here that of lines, off the wire. */
public class LinesTckTest extends FlowPublisherVerification<String> {

  private static final int TIMEOUT_MILLIS = 1000;
  private static final int SILENT_MILLIS = 50;

  private final AsyncHttpClient client =
      AsyncHttpClient.builder().maxConcurrency(1000).maxConcurrencyPerHost(1000).build();

  private final ScriptedServer server =
      ScriptedServer.start(
          exchange -> {
            long lines = Long.parseLong(exchange.request().path().substring(1));
            Wire.begin(exchange, "");
            try (OutputStream body = new BufferedOutputStream(exchange.chunks())) {
              for (long i = 0; i < lines; i++) {
                body.write((i + "\n").getBytes(StandardCharsets.UTF_8));
              }
            }
          });

  /** Made by TestNG. */
  public LinesTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENT_MILLIS));
  }

  /** Opens the first connection, which takes longer than any later one. */
  @BeforeClass
  public void warmUp() {
    client.getString(server.url("/1")).join();
  }

  /** Ends what the tests leave open. */
  @AfterClass
  public void close() {
    client.close();
    server.close();
  }

  @Override
  public Flow.Publisher<String> createFlowPublisher(long elements) {
    return Lines.from(client.get(server.url("/" + elements))).publisher();
  }

  /** One that fails at once, as a body does that was taken before; lines fail when asked for. */
  @Override
  public Flow.Publisher<String> createFailedFlowPublisher() {
    return Streams.publisher(
        () -> {
          throw new IllegalStateException("taken before");
        });
  }
}
