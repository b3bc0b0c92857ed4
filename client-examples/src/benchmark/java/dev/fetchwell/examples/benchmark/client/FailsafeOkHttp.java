package dev.fetchwell.examples.benchmark.client;

import dev.failsafe.Bulkhead;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import dev.failsafe.okhttp.FailsafeCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Failsafe over OkHttp, through its <a href="https://failsafe.dev/okhttp/">module for it</a>: the
 * total timeout around retries around a bulkhead, all Failsafe's own (see <a
 * href="https://failsafe.dev/policies/">its page on composing policies</a>). The attempt's timeout
 * is OkHttp's callTimeout: with a second Timeout of Failsafe's inside of the retries, 3.3.2 can
 * lock both threads of its scheduler for good when an attempt fails in the moment of its timeout.
 * OkHttp's limits are raised as in {@link RawOkHttp}. An answer that is retried must be closed by
 * hand.
 */
public final class FailsafeOkHttp implements ClientUnderTest {

  private final OkHttpClient client;
  private final FailsafeExecutor<Response> policies;

  FailsafeOkHttp(Job job) {
    this.client = RawOkHttp.raised(job, new Dispatcher()).build();
    this.policies = policies(job);
  }

  /** The job's, from the outermost inwards. */
  public static FailsafeExecutor<Response> policies(Job job) {
    RetryPolicy<Response> retry =
        RetryPolicy.<Response>builder()
            .handleIf((r, thrown) -> r != null && r.code() == Job.RETRIED_STATUS)
            .withMaxAttempts(Job.ATTEMPTS)
            .withBackoff(Job.BACKOFF_BASE, Job.BACKOFF_CAP)
            .withJitter(0.5)
            .onRetry(
                event -> {
                  Response last = event.getLastResult();
                  if (last != null) {
                    last.close();
                  }
                })
            .build();
    return Failsafe.with(
        Timeout.<Response>of(job.totalTimeout()),
        retry,
        Bulkhead.<Response>builder(job.inFlight()).withMaxWaitTime(job.totalTimeout()).build());
  }

  @Override
  public CompletableFuture<User> get(String url) {
    Request request = new Request.Builder().url(url).build();
    return FailsafeCall.with(policies)
        .compose(client.newCall(request))
        .executeAsync()
        .thenApply(FailsafeOkHttp::user);
  }

  private static User user(Response response) {
    try (response) {
      if (response.code() != 200) {
        throw new ByHand.StatusException(response.code());
      }
      return Json.user(response.body().bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    RawOkHttp.close(client);
  }
}
