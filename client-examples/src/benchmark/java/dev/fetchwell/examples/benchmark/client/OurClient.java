package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.AsyncHttpClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;

/**
 * Fetchwell: everything of the job is on by default; only the two limits are raised. Its timeouts
 * and retries are its defaults, on which the {@link Job} is modelled. HTTP/2 without TLS is asked
 * for by an OkHttpClient, as docs/configuration.md says under {@code okHttp}.
 */
final class OurClient implements ClientUnderTest {

  private final AsyncHttpClient client;

  OurClient(Job job) {
    AsyncHttpClient.Builder builder =
        AsyncHttpClient.builder()
            .maxConcurrency(job.inFlight())
            .maxConcurrencyPerHost(job.inFlight())
            .connectTimeout(job.connectTimeout())
            .attemptTimeout(job.attemptTimeout())
            .timeout(job.totalTimeout());
    if (job.h2()) {
      builder.okHttp(
          new OkHttpClient.Builder()
              .protocols(List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE))
              .build());
    }
    this.client = builder.build();
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return client.getJson(url, User.class);
  }

  @Override
  public void close() {
    client.close();
  }
}
