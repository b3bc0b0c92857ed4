package dev.fetchwell;

import dev.fetchwell.testserver.ScriptedServer;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;

/** The Reactive Streams rules, over bodies whose chunks are one byte each. */
public final class StreamedBodyTckTest extends FlowPublisherVerification<ByteBuffer> {

  private static final long TIMEOUT_MILLIS = 2_000;
  private static final long SILENCE_MILLIS = 100;

  private final ScriptedServer server =
      ScriptedServer.start(
          exchange -> {
            long count = Long.parseLong(exchange.request().path().substring(1));
            exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            try (OutputStream chunks = exchange.chunks()) {
              for (long i = 0; i < count; i++) {
                chunks.write('x');
              }
            }
          });
  private AsyncHttpClient client = AsyncHttpClient.create();

  public StreamedBodyTckTest() {
    super(new TestEnvironment(TIMEOUT_MILLIS, SILENCE_MILLIS), TIMEOUT_MILLIS);
  }

  /** Bodies that no test subscribes to keep their permits, hence many. */
  @BeforeClass
  public void open() {
    client =
        AsyncHttpClient.builder()
            .baseUrl(server.url(""))
            .timeout(Duration.ofMinutes(5))
            .maxConcurrencyPerHost(256)
            .build();
  }

  @AfterClass
  public void close() {
    client.close();
    server.close();
  }

  @Override
  public Flow.Publisher<ByteBuffer> createFlowPublisher(long elements) {
    return client.get("/" + elements).asStream().join().body();
  }

  /** A body can be taken once only. */
  @Override
  public Flow.Publisher<ByteBuffer> createFailedFlowPublisher() {
    StreamedResponse response = client.get("/1").asStream().join();
    response.close();
    var unused = response.inputStream();
    return response.body();
  }
}
