package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PhasesTest {

  private final List<AttemptEnded> ended = new CopyOnWriteArrayList<>();
  private final List<Redirected> redirects = new CopyOnWriteArrayList<>();
  private final CallListener listener = listening(0);

  private CallListener listening(int bodyBytes) {
    return new CallListener() {
      @Override
      public int bodyBytes() {
        return bodyBytes;
      }

      @Override
      public void attemptEnded(AttemptEnded event) {
        ended.add(event);
      }

      @Override
      public void redirected(Redirected event) {
        redirects.add(event);
      }
    };
  }

  private Exchanged exchanged(int attempt) {
    return Objects.requireNonNull(ended.get(attempt).exchanged());
  }

  @Test
  void waitForAPermitAndForTheAnswerAreTold() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(3)));
    AsyncHttpClient client = server.client(builder -> builder.maxConcurrency(1).listener(listener));
    CompletableFuture<String> first = client.getString("/x");
    CompletableFuture<String> second = client.getString("/x");

    server.await(CompletableFuture.allOf(first, second));

    assertThat(ended)
        .extracting(event -> event.phases().queue())
        .containsExactly(Duration.ZERO, Duration.ofSeconds(3));
    assertThat(ended)
        .extracting(event -> event.phases().waiting())
        .containsOnly(Duration.ofSeconds(3));
  }

  @Test
  void firstAttemptConnectsAndTheNextReusesTheConnection() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "hello"));
        AsyncHttpClient client =
            AsyncHttpClient.builder().baseUrl(server.url("")).listener(listener).build()) {
      client.getString("/a").join();
      client.post("/b").body("data", "text/plain").asString().join();

      Phases fresh = ended.get(0).phases();
      Phases reused = ended.get(1).phases();
      assertThat(fresh.reused()).isFalse();
      assertThat(fresh.connect()).isPositive();
      assertThat(fresh.waiting()).isPositive();
      assertThat(fresh.decode()).isPositive();
      assertThat(fresh.tls()).isZero();
      assertThat(reused.reused()).isTrue();
      assertThat(reused.connect()).isZero();
      assertThat(reused.dns()).isZero();
      assertThat(reused.send()).isPositive();

      Exchanged exchanged = exchanged(1);
      assertThat(exchanged.request().method().name()).isEqualTo("POST");
      assertThat(exchanged.bytesOut()).isEqualTo(4);
      assertThat(exchanged.bytesIn()).isEqualTo(5);
      assertThat(exchanged.protocol()).isEqualTo("http/1.1");
      assertThat(exchanged.peer()).isEqualTo("127.0.0.1:" + server.port());
      assertThat(exchanged.body().hasRemaining()).isFalse();
    }
  }

  @Test
  void bodyIsKeptOnlyAsFarAsSomebodyWantsToSeeIt() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.text("a long story"));
    AsyncHttpClient client = server.client(builder -> builder.listener(listening(6)));

    server.await(client.getString("/x"));

    assertThat(StandardCharsets.UTF_8.decode(exchanged(0).body()).toString()).isEqualTo("a long");
  }

  @Test
  void eachHopOfARedirectIsTold() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/a", FakeReply.status(302).header("Location", "/b"));
    server.on("GET", "/b", FakeReply.text("ok"));
    AsyncHttpClient client = server.client(builder -> builder.listener(listener));

    server.await(client.getString("/a"));

    assertThat(redirects).hasSize(1);
    assertThat(redirects.get(0).target()).hasToString("https://fake.example/b");
    assertThat(Objects.requireNonNull(redirects.get(0).exchanged()).request().url())
        .hasToString("https://fake.example/a");
    assertThat(ended).hasSize(1);
    assertThat(exchanged(0).request().url()).hasToString("https://fake.example/b");
  }

  @Test
  void attemptThatGotNoPermitExchangedNothing() {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofSeconds(3)));
    AsyncHttpClient client =
        server.client(builder -> builder.maxConcurrency(1).maxQueued(0).listener(listener));
    CompletableFuture<String> running = client.getString("/x");

    assertThat(client.getString("/x")).isCompletedExceptionally();

    assertThat(ended.get(0).exchanged()).isNull();
    assertThat(ended.get(0).phases()).isEqualTo(Phases.NONE);
    server.await(running);
  }
}
