package dev.fetchwell.examples.benchmark.client;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.limit.ConcurrencyLimitingClient;
import com.linecorp.armeria.client.retry.Backoff;
import com.linecorp.armeria.client.retry.RetryRule;
import com.linecorp.armeria.client.retry.RetryingClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import java.util.concurrent.CompletableFuture;

/**
 * Armeria with its own decorators, as its docs on <a
 * href="https://armeria.dev/docs/client-retry">retries</a> and <a
 * href="https://armeria.dev/docs/client-decorator">decorators</a> show: retries, with the attempt's
 * timeout, around the limit; the total is its responseTimeout. Its <a
 * href="https://armeria.dev/docs/advanced-production-checklist">production checklist</a> advises to
 * raise the event loops per endpoint for many requests to one: here to the number of cores.
 */
final class Armeria implements ClientUnderTest {

  private final ClientFactory factory;
  private final WebClient client;
  private final String scheme;

  Armeria(Job job) {
    int cores = Runtime.getRuntime().availableProcessors();
    this.scheme = job.h2() ? "h2c" : "h1c";
    this.factory =
        ClientFactory.builder()
            .connectTimeout(job.connectTimeout())
            .maxNumEventLoopsPerEndpoint(cores)
            .maxNumEventLoopsPerHttp1Endpoint(cores)
            .build();
    Backoff backoff =
        Backoff.exponential(Job.BACKOFF_BASE.toMillis(), Job.BACKOFF_CAP.toMillis())
            .withJitter(0.5);
    RetryRule rule =
        RetryRule.builder().onStatus(HttpStatus.SERVICE_UNAVAILABLE).thenBackoff(backoff);
    this.client =
        WebClient.builder()
            .factory(factory)
            .responseTimeout(job.totalTimeout())
            .decorator(ConcurrencyLimitingClient.newDecorator(job.inFlight()))
            .decorator(
                RetryingClient.builder(rule)
                    .maxTotalAttempts(Job.ATTEMPTS)
                    .responseTimeoutForEachAttempt(job.attemptTimeout())
                    .newDecorator())
            .build();
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return client.get(url.replaceFirst("^http", scheme)).aggregate().thenApply(Armeria::user);
  }

  private static User user(AggregatedHttpResponse response) {
    if (response.status().code() != 200) {
      throw new ByHand.StatusException(response.status().code());
    }
    return Json.user(response.content().array());
  }

  @Override
  public void close() {
    factory.close();
  }
}
