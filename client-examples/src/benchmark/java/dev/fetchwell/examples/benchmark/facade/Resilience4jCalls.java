package dev.fetchwell.examples.benchmark.facade;

import dev.fetchwell.examples.benchmark.client.Job;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;

/**
 * resilience4j by hand over OkHttp's enqueue, as <a
 * href="https://resilience4j.readme.io/docs/retry">its docs</a> decorate a CompletionStage: retry
 * around bulkhead. The attempt's timeout is OkHttp's, the total is the future's.
 */
final class Resilience4jCalls implements AutoCloseable {

  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private final Job job;
  private final OkHttpClient client;
  private final Bulkhead bulkhead;
  private final Retry retry;

  Resilience4jCalls(Job job, OkHttpClient client) {
    this.job = job;
    this.client = client;
    this.bulkhead =
        Bulkhead.of(
            "benchmark", BulkheadConfig.custom().maxConcurrentCalls(job.inFlight()).build());
    this.retry =
        Retry.of(
            "benchmark",
            RetryConfig.custom()
                .maxAttempts(Job.ATTEMPTS)
                .intervalFunction(
                    IntervalFunction.ofExponentialRandomBackoff(
                        Job.BACKOFF_BASE.toMillis(), 2, 0.5, Job.BACKOFF_CAP.toMillis()))
                .retryExceptions(UnavailableException.class)
                .build());
  }

  <T> CompletableFuture<T> get(Reading<T> reading) {
    Reading<T> checked =
        response -> {
          if (response.code() == Job.RETRIED_STATUS) {
            throw new UnavailableException();
          }
          return reading.read(response);
        };
    return retry
        .executeCompletionStage(
            scheduler,
            Bulkhead.decorateCompletionStage(bulkhead, () -> OkHttpCalls.enqueue(client, checked)))
        .toCompletableFuture()
        .orTimeout(job.totalTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    scheduler.shutdown();
  }

  private static final class UnavailableException extends IOException {

    private static final long serialVersionUID = 1;
  }
}
