package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.examples.benchmark.client.ByHand.Answer;
import dev.fetchwell.examples.benchmark.client.ByHand.StatusException;
import io.netty.channel.ChannelOption;
import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.util.retry.Retry;

/**
 * Reactor Netty with Reactor's own retry and timeout. Its bulkhead is its pool, of 500 connections
 * by default, as <a
 * href="https://projectreactor.io/docs/netty/release/reference/http-client.html#connection-pool">its
 * reference</a> says: raised to the job's size, with a queue without a limit. With HTTP/2 the
 * allocation strategy says how many streams there may be. Its own retry of lost connections is off,
 * since the job says what is sent again.
 */
final class ReactorNetty implements ClientUnderTest {

  private final ConnectionProvider pool;
  private final HttpClient client;
  private final Job job;

  ReactorNetty(Job job) {
    ConnectionProvider.Builder builder =
        ConnectionProvider.builder("benchmark").pendingAcquireMaxCount(-1);
    if (job.h2()) {
      builder.allocationStrategy(
          Http2AllocationStrategy.builder()
              .minConnections(1)
              .maxConnections(1)
              .maxConcurrentStreams(job.inFlight())
              .build());
    } else {
      builder.maxConnections(job.inFlight());
    }
    this.pool = builder.build();
    this.client =
        HttpClient.create(pool)
            .protocol(job.h2() ? HttpProtocol.H2C : HttpProtocol.HTTP11)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(job.connectTimeout().toMillis()))
            .responseTimeout(job.attemptTimeout())
            .disableRetry(true);
    this.job = job;
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return client
        .get()
        .uri(url)
        .responseSingle(
            (response, body) ->
                body.asByteArray().map(bytes -> new Answer(response.status().code(), bytes)))
        .flatMap(ReactorNetty::user)
        .retryWhen(
            Retry.backoff(Job.ATTEMPTS - 1, Job.BACKOFF_BASE)
                .maxBackoff(Job.BACKOFF_CAP)
                .jitter(0.5)
                .filter(Unavailable.class::isInstance))
        .timeout(job.totalTimeout())
        .toFuture();
  }

  private static Mono<User> user(Answer answer) {
    return switch (answer.status()) {
      case 200 -> Mono.just(Json.user(answer.body()));
      case Job.RETRIED_STATUS -> Mono.error(new Unavailable());
      default -> Mono.error(new StatusException(answer.status()));
    };
  }

  @Override
  public void close() {
    pool.disposeLater().block(job.attemptTimeout());
  }

  private static final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1;
  }
}
