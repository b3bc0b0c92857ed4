package dev.fetchwell.examples.quickstart;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.policy.RetryPolicy;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Bodies that are not what was asked for, and calls that the client itself refuses. */
public final class BodyAndLocalErrors implements Section {

  @Override
  public String title() {
    return "Errors as values: bodies, and calls that were never sent";
  }

  @Override
  public void show(DemoServer server, Report report) {
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build();
    try (client) {
      showBodies(client, report);
      showRefusals(client, server, report);
    }
    report.error(
        ClientClosedError.class,
        "the client is closed",
        () -> Errors.of(client.get("/users/7")),
        error -> !error.mayHaveBeenProcessed());
  }

  private static void showBodies(AsyncHttpClient client, Report report) {
    report.error(
        DecodeError.class,
        "200, but the JSON ends in the middle",
        () -> Errors.of(client.get("/broken-json")),
        error -> error.snippet().startsWith("{\"id\": 7"));
    report.error(
        BodyTooLargeError.class,
        "a body over the limit, without a length told before",
        () -> Errors.of(client.get("/big?bytes=10000000&chunked=true").maxResponseBytes(65_536)),
        error -> error.limit() == 65_536);
  }

  private static void showRefusals(AsyncHttpClient client, DemoServer server, Report report) {
    int before = server.requests();
    report.error(
        InvalidRequestError.class,
        "a URL that is none",
        () -> Errors.of(client.get("htp://example.com/")),
        error -> error.attempts() == 0);
    report.error(
        InvalidRequestError.class,
        "a template without its value",
        () -> Errors.of(client.get("/users/{id}")),
        error -> error.attempts() == 0);
    report.error(
        InvalidRequestError.class,
        "a header that would inject another",
        () -> Errors.of(client.get("/users/7").header("X-Name", "Ada\r\nX-Admin: true")),
        error -> error.attempts() == 0);
    report.claim("none of these three reached the server", server.requests() == before);
    report.error(
        BulkheadFullError.class,
        "one permit, no queue, and a call that has the permit",
        () -> whileBusy(client),
        error -> !error.mayHaveBeenProcessed());
    RetryPolicy buggy =
        RetryPolicy.builder()
            .retryIf(
                error -> {
                  throw new IllegalStateException("a bug of the caller's");
                })
            .build();
    report.error(
        UnexpectedError.class,
        "the caller's own retryIf threw",
        () -> Errors.of(client.get("/missing").retry(buggy)),
        error -> error.getCause() instanceof IllegalStateException);
  }

  private static @Nullable FetchError whileBusy(AsyncHttpClient client) {
    try (AsyncHttpClient busy = client.toBuilder().maxConcurrency(1).maxQueued(0).build()) {
      CompletableFuture<String> first = busy.getString("/stalled");
      FetchError error = Errors.of(busy.get("/users/7"));
      first.cancel(false);
      return error;
    }
  }
}
