package dev.fetchwell.examples.bulk;

import dev.fetchwell.AsyncHttpClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * The second stage: asks a service about the customers of each chunk. The pipe behind it bounds the
 * calls at once, and keeps their order.
 */
final class Enricher {

  private final AsyncHttpClient client;
  private final String url;

  Enricher(AsyncHttpClient client, String url) {
    this.client = client;
    this.url = url;
  }

  /** A chunk and what the service will have said about its customers, in their order. */
  record Asked(Chunk chunk, CompletableFuture<List<String>> segments) {}

  record Segments(List<String> segments) {}

  void askAll(Pipe<Chunk> chunks, Pipe<Asked> asked) {
    try {
      for (Chunk chunk = chunks.take(); chunk != null; chunk = chunks.take()) {
        Asked call = new Asked(chunk, ask(chunk));
        try {
          asked.put(call);
        } catch (CancellationException | InterruptedException stopped) {
          call.segments().cancel(false);
          throw stopped;
        }
      }
      asked.end();
    } catch (Exception | Error thrown) {
      chunks.abandon();
      asked.fail(thrown);
    }
  }

  private CompletableFuture<List<String>> ask(Chunk chunk) {
    List<Long> ids = chunk.customers().stream().map(Customer::id).toList();
    if (ids.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    return client
        .post(url)
        .json(Map.of("ids", ids))
        .idempotencyKey() // A question may be asked again.
        .asJson(Segments.class)
        .thenApply(answer -> checked(answer.segments(), ids.size()));
  }

  private static List<String> checked(List<String> segments, int expected) {
    if (segments.size() != expected) {
      throw new IllegalStateException(
          "the service told " + segments.size() + " segments for " + expected + " customers");
    }
    return segments;
  }
}
