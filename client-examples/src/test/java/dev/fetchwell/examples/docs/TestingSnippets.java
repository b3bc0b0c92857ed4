package dev.fetchwell.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Await;
import dev.fetchwell.Requests;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeRequest;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Java blocks of docs/testing.md, which are tests. */
@Timeout(30)
class TestingSnippets {

  record User(int id, String name) {}

  // region: testing-subject
  /** What is tested: code of yours that is given something to call with. */
  static class Directory {

    private final Requests api;

    Directory(Requests api) {
      this.api = api;
    }

    CompletableFuture<String> nameOf(int id) {
      return api.getJson("/users/" + id, User.class).thenApply(User::name);
    }
  }

  // endregion

  // region: testing-first
  @Test
  void nameIsThatOfTheUser() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/users/{id}", request -> FakeReply.json(new User(7, "Ada")));
    Directory directory = new Directory(server.client());

    assertThat(server.await(directory.nameOf(7))).isEqualTo("Ada");

    assertThat(server.requests()).extracting(FakeRequest::path).containsExactly("/users/7");
    server.verifyNoMore();
  }

  // endregion

  // region: testing-time
  @Test
  void busyServerIsAskedAgainAfterTheTimeThatItNames() {
    FakeServer server = FakeServer.create();
    server.on(
        "GET",
        "/users/{id}",
        FakeReply.status(429).header("Retry-After", "7"),
        FakeReply.json(new User(7, "Ada")).after(Duration.ofMillis(50)));
    CompletableFuture<String> name = new Directory(server.client()).nameOf(7);

    server.advance(Duration.ofMillis(7_049));
    assertThat(name).isNotDone();
    server.advance(Duration.ofMillis(1));
    assertThat(name).isCompletedWithValue("Ada");
  }

  // endregion

  // region: testing-faults
  @Test
  void serverThatNeverAnswersIsGivenUp() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/users/{id}", FakeReply.fault(Fault.NO_ANSWER));
    AsyncHttpClient client = server.client(builder -> builder.timeout(Duration.ofSeconds(2)));

    assertThatThrownBy(() -> server.await(new Directory(client).nameOf(7)))
        .isInstanceOf(FetchTimeoutError.class);

    assertThat(server.elapsed()).isEqualTo(Duration.ofSeconds(2));
  }

  // endregion

  // region: testing-stream
  @Test
  void linesThatComeSlowlyAreAllRead() {
    FakeServer server = FakeServer.create();
    server.on(
        "GET",
        "/log",
        FakeReply.pieces("text/plain", "one\ntw", "o\n").between(Duration.ofSeconds(3)));
    List<String> lines = new ArrayList<>();

    server.await(Lines.from(server.client().get("/log")).forEach(lines::add));

    assertThat(lines).containsExactly("one", "two");
  }

  // endregion

  // region: testing-wire
  @Test
  void nameComesOverARealSocket() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().body("{\"id\":7,\"name\":\"Ada\"}").build());
      server.start();
      try (AsyncHttpClient client =
          AsyncHttpClient.builder().baseUrl(server.url("/").toString()).build()) {

        assertThat(Await.result(new Directory(client).nameOf(7))).isEqualTo("Ada");
        assertThat(server.takeRequest().getTarget()).isEqualTo("/users/7");
      }
    }
  }

  // endregion
}
