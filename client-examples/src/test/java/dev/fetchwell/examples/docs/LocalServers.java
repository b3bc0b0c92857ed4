package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchError;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Servers of one test that answer by a function, and what else is closed after it. */
final class LocalServers implements AfterEachCallback {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  MockWebServer answering(Function<RecordedRequest, MockResponse> answer) throws IOException {
    MockWebServer server = notStarted(answer);
    start(server);
    return server;
  }

  MockWebServer secured(SSLSocketFactory tls, Function<RecordedRequest, MockResponse> answer)
      throws IOException {
    MockWebServer server = notStarted(answer);
    server.useHttps(tls);
    start(server);
    return server;
  }

  MockWebServer notStarted(Function<RecordedRequest, MockResponse> answer) {
    MockWebServer server = closing(new MockWebServer());
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer.apply(request);
          }
        });
    return server;
  }

  /** At an address that also has a name, localhost, which to a client is another host. */
  static void start(MockWebServer server) throws IOException {
    server.start(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
  }

  <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  static MockResponse text(String body) {
    return new MockResponse.Builder().body(body).build();
  }

  static <T> T value(CompletableFuture<T> future) {
    assertThat(future).succeedsWithin(SOON);
    return future.join();
  }

  static <E extends FetchError> E failure(CompletableFuture<?> future, Class<E> type) {
    return type.cast(FetchError.of(value(future.handle((value, thrown) -> thrown))));
  }

  /** The address of a server without a slash at its end, for a base URL. */
  static String base(MockWebServer server) {
    return server.url("/").scheme() + "://127.0.0.1:" + server.getPort();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }
}
