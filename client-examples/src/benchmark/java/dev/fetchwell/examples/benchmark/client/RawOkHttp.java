package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.examples.benchmark.client.ByHand.Answer;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * OkHttp alone, with {@code enqueue}, as its <a
 * href="https://square.github.io/okhttp/recipes/">recipes</a> show. The attempt's timeout is its
 * callTimeout; its own read and write timeouts stay as they are; its silent re-sending is off,
 * since the job says what is sent again. Retry, bulkhead and total timeout are by hand.
 *
 * <p>Its Dispatcher lets 5 calls to one host run, and its pool keeps 5 idle connections (see
 * Dispatcher.maxRequestsPerHost and ConnectionPool in <a
 * href="https://square.github.io/okhttp/5.x/okhttp/okhttp3/">its reference</a>): with these
 * defaults no more than 5 calls are ever in flight here, so all variants but the one that shows
 * just this raise both to the job's size.
 */
final class RawOkHttp implements ClientUnderTest {

  private final OkHttpClient client;
  private final ByHand byHand;

  private RawOkHttp(OkHttpClient client, Job job) {
    this.client = client;
    this.byHand = new ByHand(job);
  }

  /** Dispatcher and pool as they come. */
  static RawOkHttp withDefaults(Job job) {
    return new RawOkHttp(builder(job).build(), job);
  }

  /** Its own threads, which are of the platform, as many as there are calls in flight. */
  static RawOkHttp withRaisedLimits(Job job) {
    return new RawOkHttp(raised(job, new Dispatcher()).build(), job);
  }

  /** A virtual thread for each call. */
  static RawOkHttp onVirtualThreads(Job job) {
    return new RawOkHttp(raised(job, new Dispatcher(VirtualThreads.executor())).build(), job);
  }

  static OkHttpClient.Builder raised(Job job, Dispatcher dispatcher) {
    dispatcher.setMaxRequests(job.inFlight());
    dispatcher.setMaxRequestsPerHost(job.inFlight());
    return builder(job)
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(job.inFlight(), 5, TimeUnit.MINUTES));
  }

  private static OkHttpClient.Builder builder(Job job) {
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .callTimeout(job.attemptTimeout())
            .connectTimeout(job.connectTimeout())
            .retryOnConnectionFailure(false);
    return job.h2() ? builder.protocols(List.of(okhttp3.Protocol.H2_PRIOR_KNOWLEDGE)) : builder;
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return byHand.call(() -> send(url));
  }

  private CompletableFuture<Answer> send(String url) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    client
        .newCall(new Request.Builder().url(url).build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                answer.completeExceptionally(e);
              }

              @Override
              public void onResponse(Call call, Response response) {
                Answer read;
                try (response) {
                  read = new Answer(response.code(), response.body().bytes());
                } catch (IOException e) {
                  answer.completeExceptionally(e);
                  return;
                }
                answer.complete(read);
              }
            });
    return answer;
  }

  @Override
  public void close() {
    close(client);
  }

  static void close(OkHttpClient client) {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
