package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.examples.benchmark.client.ByHand.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.DefaultAsyncHttpClientConfig;
import org.asynchttpclient.Dsl;
import org.asynchttpclient.Response;

/**
 * AsyncHttpClient 3 on its defaults (event loops, no limit of connections): see <a
 * href="https://github.com/AsyncHttpClient/async-http-client#readme">its readme</a>. The attempt's
 * timeout is its requestTimeout; its own retries of lost connections are off, since the job says
 * what is sent again. Its limit of connections refuses rather than queues, so the bulkhead is by
 * hand, as are retries of a status (its filters can do them, but without a wait) and the total
 * timeout.
 */
final class Ahc implements ClientUnderTest {

  private final AsyncHttpClient client;
  private final ByHand byHand;

  Ahc(Job job) {
    DefaultAsyncHttpClientConfig.Builder config =
        Dsl.config()
            .setConnectTimeout(job.connectTimeout())
            .setRequestTimeout(job.attemptTimeout())
            .setMaxRequestRetry(0)
            .setHttp2Enabled(job.h2())
            .setHttp2CleartextEnabled(job.h2());
    this.client = Dsl.asyncHttpClient(config);
    this.byHand = new ByHand(job);
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return byHand.call(
        () -> client.prepareGet(url).execute().toCompletableFuture().thenApply(Ahc::answer));
  }

  private static Answer answer(Response response) {
    return new Answer(response.getStatusCode(), response.getResponseBodyAsBytes());
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
