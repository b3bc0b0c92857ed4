package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.BatchSummary;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.docs.BatchSnippets.Order;
import dev.fetchwell.examples.docs.BatchSnippets.Profile;
import dev.fetchwell.examples.docs.BatchSnippets.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the page on batches shows works. */
@Timeout(30)
class BatchSnippetsTest {

  private final DemoServer server = DemoServer.start();
  private final AsyncHttpClient client =
      AsyncHttpClient.builder().baseUrl(server.baseUrl()).build();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void batchesOfTheDocsGiveWhatTheySay() {
    assertThat(BatchSnippets.all(client, List.of(3, 1, 2)).join())
        .extracting(User::id)
        .containsExactly(3, 1, 2);
    assertThat(BatchSnippets.settled(client, List.of("/users/1", "/missing", "/users/2")).join())
        .isEqualTo(1);
    assertThat(BatchSnippets.first(client, List.of("/missing", "/users/7", "/stalled")).join())
        .contains("Frances");
  }

  @Test
  void forEachOfTheDocsStoresAndReports() {
    List<Integer> stored = new ArrayList<>();
    List<Integer> failed = new ArrayList<>();
    BatchSummary summary =
        BatchSnippets.forEach(
                client,
                List.of(1, 5_000, 2).iterator(),
                (id, user) -> stored.add(id),
                (id, error) -> failed.add(id))
            .join();
    assertThat(summary.total()).isEqualTo(3);
    assertThat(stored).containsExactlyInAnyOrder(1, 2);
    assertThat(failed).containsExactly(5_000);
  }

  @Test
  void publisherOfTheDocsCompletes() {
    Counting subscriber = new Counting();
    BatchSnippets.publisher(client, List.of(1, 2, 3), subscriber);
    assertThat(subscriber.counted.join()).isEqualTo(3);
  }

  @Test
  void workQueueOfTheDocsSendsEveryOrder() {
    List<Order> orders = List.of(new Order(1, 7, "pen", 3), new Order(2, 7, "ink", 9));
    List<String> log = new CopyOnWriteArrayList<>();
    assertThat(BatchSnippets.workQueue(client, orders, log::add)).isEmpty();
    assertThat(log).isEmpty();
    assertThat(server.requests("/orders")).isEqualTo(2);
  }

  @Test
  void cancelOfTheDocsEndsEveryCall() {
    assertThat(BatchSnippets.cancel(client, List.of("/stalled", "/stalled"))).isCancelled();
    // It waits for whatever still runs, and none of these calls would end by itself in that time.
    assertThat(client.shutdown(Duration.ofSeconds(60))).succeedsWithin(Duration.ofSeconds(8));
  }

  @Test
  void groupOfTheDocsDegradesWhatIsOptional() {
    Profile profile = BatchSnippets.group(client);
    assertThat(profile.user().name()).isEqualTo("Frances");
    assertThat(profile.orders()).hasSize(3);
    assertThat(profile.advert()).isInstanceOf(Outcome.Failure.class);
  }

  private static final class Counting implements Flow.Subscriber<Batch.Result<Integer, User>> {

    private final CompletableFuture<Integer> counted = new CompletableFuture<>();
    private int count;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Batch.Result<Integer, User> result) {
      count++;
    }

    @Override
    public void onError(Throwable thrown) {
      counted.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
      counted.complete(count);
    }
  }
}
