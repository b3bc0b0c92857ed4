package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.examples.benchmark.client.ByHand.Answer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Vert.x's WebClient. Its pool, of 5 connections by default, is raised to the job's size and gets
 * event loops of its own, one per core, since calls come from a thread that is none of Vert.x's:
 * see <a href="https://vertx.io/docs/vertx-core/java/#_http_1_x_pooling_and_keep_alive">its
 * manual</a> and PoolOptions. The attempt's timeout is the request's. Retry, bulkhead and total
 * timeout are by hand.
 */
final class VertxClient implements ClientUnderTest {

  private final Vertx vertx = Vertx.vertx();
  private final WebClient client;
  private final ByHand byHand;
  private final Job job;

  VertxClient(Job job) {
    WebClientOptions options = new WebClientOptions();
    options.setConnectTimeout(Math.toIntExact(job.connectTimeout().toMillis()));
    if (job.h2()) {
      options.setProtocolVersion(HttpVersion.HTTP_2).setHttp2ClearTextUpgrade(false);
    }
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(job.inFlight())
            .setEventLoopSize(Runtime.getRuntime().availableProcessors());
    this.client = WebClient.create(vertx, options, pool);
    this.byHand = new ByHand(job);
    this.job = job;
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return byHand.call(() -> send(url));
  }

  private CompletableFuture<Answer> send(String url) {
    return client
        .getAbs(url)
        .timeout(job.attemptTimeout().toMillis())
        .send()
        .toCompletionStage()
        .toCompletableFuture()
        .thenApply(VertxClient::answer);
  }

  private static Answer answer(HttpResponse<Buffer> response) {
    Buffer body = response.body();
    return new Answer(response.statusCode(), body == null ? new byte[0] : body.getBytes());
  }

  @Override
  public void close() {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }
}
