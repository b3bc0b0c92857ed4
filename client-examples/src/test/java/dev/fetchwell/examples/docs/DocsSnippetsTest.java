package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.docs.DocsSnippets.Order;
import dev.fetchwell.examples.docs.DocsSnippets.Profile;
import dev.fetchwell.examples.docs.DocsSnippets.User;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the documentation shows works. */
@Timeout(30)
class DocsSnippetsTest {

  private final DemoServer server = DemoServer.start();
  private final AsyncHttpClient client = DocsSnippets.configured(server.baseUrl(), "t0ken");

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void readmesExampleCombinesTwoCalls() {
    Profile profile = DocsSnippets.readme(server.baseUrl()).join();
    assertThat(profile.user().name()).isEqualTo("Frances");
    assertThat(profile.orders()).hasSize(3);
  }

  @Test
  void requestsOfTheDocsSucceed() {
    User ada = new User(1, "Ada", "ada@example.com");
    assertThat(DocsSnippets.oneRequest(client, ada).join().id()).isGreaterThan(1_000);
    assertThat(DocsSnippets.policy(client).asString().join()).contains("Frances");
    assertThat(DocsSnippets.key(client, new Order(1, 2, "pen", 3)).join()).contains("id");
    assertThat(DocsSnippets.outcome(client).join()).isEqualTo("Frances");
    assertThat(DocsSnippets.secrets(client, "a", "b").asVoid()).succeedsWithin(TEN_SECONDS);
    assertThat(DocsSnippets.await(client).name()).isEqualTo("Frances");
    assertThat(DocsSnippets.outcomeOf(client).join().orElseThrow()).contains("Frances");
    assertThat(server.requests("/users/7")).isEqualTo(6);
  }

  @Test
  void errorsOfTheDocsAreTold() {
    assertThat(DocsSnippets.handled(client.getJson("/users/7", User.class)))
        .isEqualTo("hello Frances");
    assertThat(DocsSnippets.handled(client.getJson("/missing", User.class)))
        .isEqualTo("no such user");
    assertThat(DocsSnippets.handled(client.getJson("/limited/x?after=120", User.class)))
        .isEqualTo("try again in PT2M");
    assertThat(DocsSnippets.handled(client.getJson("nonsense:", User.class)))
        .startsWith("something is wrong");
    CompletableFuture<User> refused =
        client.get("http://127.0.0.1:1/").retry(DocsSnippets.condition()).asJson(User.class);
    FetchError error = FetchError.of(refused.handle((user, thrown) -> thrown).join());
    assertThat(error.attempts()).isEqualTo(3);
    assertThat(DocsSnippets.safe(error)).isTrue();
  }

  @Test
  void copiesAndOwnClientsWork() {
    AsyncHttpClient patient = DocsSnippets.copy(client);
    try (patient;
        AsyncHttpClient own = DocsSnippets.own(new OkHttpClient())) {
      assertThat(patient.getString("/users/7").join()).contains("Frances");
      assertThat(own.getString(server.url("/users/7")).join()).contains("Frances");
    }
  }

  @Test
  void slowCallsAreTold() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (AsyncHttpClient listened = DocsSnippets.listened(told::add)) {
      listened.getString(server.url("/slow?ms=600")).join();
    }
    assertThat(told).anyMatch(line -> line.contains("/slow?ms=*** took PT"));
  }

  @Test
  void dependentsRunOnTheGivenExecutor() {
    Executor named = task -> new Thread(task, "application").start();
    try (AsyncHttpClient onOurThreads = DocsSnippets.executor(named)) {
      assertThat(
              onOurThreads
                  .getString(server.url("/slow?ms=100"))
                  .thenApply(text -> Thread.currentThread().getName())
                  .join())
          .isEqualTo("application");
    }
  }

  @Test
  void cancellingTheLastDependentCancelsTheCallAndShutdownEnds() {
    assertThat(DocsSnippets.cancel(client)).isCancelled();
    assertThat(DocsSnippets.shutdown(client)).succeedsWithin(TEN_SECONDS);
  }

  private static final java.time.Duration TEN_SECONDS = java.time.Duration.ofSeconds(10);
}
