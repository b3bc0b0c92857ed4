package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.BatchSummary;
import dev.fetchwell.batch.TaskGroup;
import dev.fetchwell.batch.WorkQueue;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The Java blocks of docs/batches.md; they run in {@link BatchSnippetsTest}. */
final class BatchSnippets {

  record User(int id, String name, String email) {}

  record Order(int id, int userId, String article, int cents) {}

  record Advert(String text) {}

  record Profile(User user, List<Order> orders, Outcome<Advert> advert) {}

  private BatchSnippets() {}

  static CompletableFuture<List<User>> all(AsyncHttpClient client, List<Integer> ids) {
    // region: batch-all
    CompletableFuture<List<User>> users =
        Batch.of(ids, id -> client.get("/users/{id}", id).asJson(User.class)).concurrency(32).all();
    // endregion
    return users;
  }

  static CompletableFuture<Long> settled(AsyncHttpClient client, List<String> urls) {
    // region: batch-settled
    CompletableFuture<List<Outcome<String>>> pages = Batch.of(urls, client::getString).settled();

    CompletableFuture<Long> failures =
        pages.thenApply(
            outcomes -> outcomes.stream().filter(outcome -> !outcome.isSuccess()).count());
    // endregion
    return failures;
  }

  static CompletableFuture<String> first(AsyncHttpClient client, List<String> mirrors) {
    // region: batch-first
    CompletableFuture<String> fastest = Batch.of(mirrors, client::getString).first();
    // endregion
    return fastest;
  }

  static CompletableFuture<BatchSummary> forEach(
      AsyncHttpClient client,
      Iterator<Integer> ids,
      BiConsumer<Integer, User> store,
      BiConsumer<Integer, FetchError> report) {
    // region: batch-for-each
    CompletableFuture<BatchSummary> export =
        Batch.of(ids, id -> client.get("/users/{id}", id).asJson(User.class))
            .onProgress((done, total) -> System.out.print("\r" + done))
            .forEach(
                (id, outcome) -> {
                  if (outcome instanceof Outcome.Success<User> found) {
                    store.accept(id, found.value()); // may block: nothing piles up behind it
                  } else if (outcome instanceof Outcome.Failure<User> failed) {
                    report.accept(id, failed.error());
                  }
                });
    // endregion
    return export;
  }

  static void publisher(
      AsyncHttpClient client,
      List<Integer> ids,
      Flow.Subscriber<Batch.Result<Integer, User>> subscriber) {
    // region: batch-publisher
    Flow.Publisher<Batch.Result<Integer, User>> users =
        Batch.of(ids, id -> client.get("/users/{id}", id).asJson(User.class)).publisher();
    users.subscribe(subscriber);
    // endregion
  }

  static CompletableFuture<List<String>> cancel(AsyncHttpClient client, List<String> urls) {
    // region: batch-cancel
    CompletableFuture<List<String>> pages = Batch.of(urls, client::getString).all();
    pages.cancel(false); // ends every call of the batch, down to the wire
    // endregion
    return pages;
  }

  static Profile group(AsyncHttpClient client) {
    // region: task-group
    try (TaskGroup group = TaskGroup.open()) {
      CompletableFuture<User> user = group.fork(() -> client.getJson("/users/7", User.class));
      CompletableFuture<List<Order>> orders =
          group.fork(() -> client.getJson("/users/7/orders", new TypeRef<List<Order>>() {}));
      CompletableFuture<Outcome<Advert>> advert = // optional: its failure is a value
          group.fork(() -> client.get("/adverts").asOutcome(Advert.class));
      group.join(); // the first failure cancels the others, and is thrown
      return new Profile(user.join(), orders.join(), advert.join());
    }
    // endregion
  }

  static List<WorkQueue.Unfinished<Order>> workQueue(
      AsyncHttpClient client, List<Order> orders, Consumer<String> log) {
    // region: work-queue
    WorkQueue<Order> queue =
        WorkQueue.of(
                (Order order) ->
                    client
                        .post("/orders")
                        .json(order)
                        .idempotencyKey("order-" + order.id())
                        .asVoid())
            .workers(8)
            .capacity(1_000)
            .jobTimeout(Duration.ofSeconds(30))
            .retry(RetryPolicy.standard())
            .deadLetter((order, error) -> log.accept(order + ": " + error.getMessage()))
            .open();
    for (Order order : orders) {
      queue.submit(order).join(); // waits for a place, not for the job
    }
    List<WorkQueue.Unfinished<Order>> left = queue.shutdown(Duration.ofMinutes(1)).join();
    // endregion
    return left;
  }
}
