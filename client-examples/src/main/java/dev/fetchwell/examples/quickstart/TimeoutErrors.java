package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.examples.demo.DemoExchange;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.policy.RetryPolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Each way of running out of time, here after 200 ms. */
public final class TimeoutErrors implements Section {

  private static final Duration SHORT = Duration.ofMillis(200);

  @Override
  public String title() {
    return "Errors as values: running out of time";
  }

  @Override
  public void show(DemoServer server, Report report) throws IOException {
    try (AsyncHttpClient client =
            AsyncHttpClient.builder()
                .baseUrl(server.baseUrl())
                .connectTimeout(SHORT)
                .queueTimeout(SHORT)
                .idleTimeout(SHORT)
                .retry(RetryPolicy.none())
                .build();
        AsyncHttpClient oneAtATime = client.toBuilder().maxConcurrency(1).build();
        DeadEnds deadEnds = new DeadEnds()) {
      show(
          Phase.TOTAL,
          "the whole call",
          report,
          () -> Errors.of(client.get("/stalled").timeout(SHORT)));
      show(
          Phase.ATTEMPT,
          "one attempt, which would be retried by default",
          report,
          () -> Errors.of(client.get("/stalled").attemptTimeout(SHORT)));
      show(
          Phase.CONNECT,
          "a TLS handshake that the server never answers",
          report,
          () -> Errors.of(client.get(deadEnds.silentTls())));
      show(
          Phase.QUEUE,
          "no permit, as another call has the only one",
          report,
          () -> {
            CompletableFuture<String> first = oneAtATime.getString("/stalled");
            FetchError error = Errors.of(oneAtATime.get("/users/7"));
            first.cancel(false);
            return error;
          });
      server.routes().add("/stuck", TimeoutErrors::sendHalfABody);
      show(
          Phase.IDLE,
          "a streamed body that goes silent",
          report,
          () -> endOf(client.get("/stuck").asStream().join()));
    }
  }

  private static void show(
      Phase phase, String when, Report report, Supplier<@Nullable FetchError> call) {
    report.error(
        FetchTimeoutError.class,
        phase + ": " + when,
        call,
        error ->
            error.phase() == phase
                && error.elapsed().compareTo(SHORT) >= 0
                && error.elapsed().compareTo(SHORT.multipliedBy(10)) < 0);
  }

  private static void sendHalfABody(DemoExchange exchange) throws IOException {
    exchange.stream(
        200,
        "text/plain",
        body -> {
          body.write('x');
          body.flush();
          exchange.stall();
        });
  }

  private static @Nullable FetchError endOf(StreamedResponse response) {
    CompletableFuture<@Nullable FetchError> end = new CompletableFuture<>();
    response
        .body()
        .subscribe(
            new Flow.Subscriber<ByteBuffer>() {

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(ByteBuffer part) {}

              @Override
              public void onError(Throwable thrown) {
                end.complete(FetchError.of(thrown));
              }

              @Override
              public void onComplete() {
                end.complete(null);
              }
            });
    return end.join();
  }
}
