package dev.fetchwell.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.LoggedMessages;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testkit.RecordedSignals;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What nobody refers to any longer is given back, and nothing else is. */
@Timeout(60)
class LeakedStreamTest {

  private static final Script ENDLESS = PiecewiseAnswers.open("", "a\n");

  private final AsyncHttpClient client = AsyncHttpClient.create();
  private final CountDownLatch more = new CountDownLatch(1);
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final LoggedMessages log = new LoggedMessages();

  @AfterEach
  void close() {
    client.close();
    log.close();
  }

  @Test
  void responseThatNobodyRefersToIsGivenBackWithAWarning() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ENDLESS)) {
      for (int i = 0; i < 3; i++) {
        openAndForget(server);
      }
      assertGivenBack(server, 3);
      assertThat(log.warnings())
          .allSatisfy(
              text ->
                  assertThat(text)
                      .contains("GET " + server.url("/forgotten?key="), "try-with-resources")
                      .contains("level DEBUG of the logger dev.fetchwell")
                      .doesNotContain("hidden"));
      assertThat(log.warningRecords()).allMatch(each -> each.getThrown() == null);
    }
  }

  @Test
  void warningHasTheStackOfTheOpeningAtLevelDebug() throws Exception {
    log.at(Level.FINE);
    try (ScriptedServer server = ScriptedServer.start(ENDLESS)) {
      openAndForget(server);
      assertGivenBack(server, 1);
      assertThat(log.warningRecords().get(0).getThrown().getStackTrace())
          .anyMatch(frame -> frame.getMethodName().equals("openAndForget"));
    }
  }

  @Test
  void futureThatNobodyLookedAtIsGivenBack() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ENDLESS)) {
      forgetTheFuture(server);
      assertGivenBack(server, 1);
    }
  }

  @Test
  void subscriptionWithoutDemandThatNobodyRefersToIsGivenBack() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ENDLESS)) {
      subscribeAndForget(server);
      assertGivenBack(server, 1);
    }
  }

  @Test
  void feedThatNobodyRefersToIsGivenBack() throws Exception {
    Script feed = PiecewiseAnswers.open("Content-Type: text/event-stream\r\n", "data: a\n\n");
    try (ScriptedServer server = ScriptedServer.start(feed)) {
      consumeAndForget(server);
      assertGivenBack(server, 1);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void subscriptionInProgressKeepsItsResponse() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::twoLines)) {
      RecordedSignals<ByteBuffer> signals = subscribe(server);
      signals.awaitItems(1);
      collectGarbage();
      more.countDown();
      assertThat(signals.awaitText()).isEqualTo("a\nb\n");
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void subscriptionThatIsKeptWithoutDemandKeepsItsResponse() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::twoLines)) {
      Flow.Subscription subscription = keepTheSubscription(server);
      collectGarbage();
      more.countDown();
      subscription.request(Long.MAX_VALUE);
      Eventually.holds(() -> String.join("", heard).equals("a\nb\n"), "both lines");
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void inputStreamAndLoopKeepTheirResponses() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::twoLines)) {
      CompletableFuture<Long> lines = Lines.from(client.get(server.url("/"))).forEach(heard::add);
      InputStream body = inputStream(server);
      Eventually.holds(() -> heard.size() == 1, "a line");
      collectGarbage();
      more.countDown();
      assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("a\nb\n");
      assertThat(lines).succeedsWithin(Awaited.LIMIT).isEqualTo(2L);
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void nothingIsSaidOfWhatWasReadOrClosed() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "abc"))) {
      for (int i = 0; i < 5; i++) {
        open(server).close();
        assertThat(inputStream(server).readAllBytes()).hasSize(3);
      }
      Quiet.assertNothingLeft(client);
      collectGarbage();
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void closingTheClientEndsStreamsThatAreOpen() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(ENDLESS)) {
      StreamedResponse open = open(server);
      assertThat(client.shutdown(Duration.ZERO)).succeedsWithin(Awaited.LIMIT);
      server.awaitNoOpenConnections(Awaited.LIMIT);
      assertThat(open.status()).isEqualTo(200);
    }
  }

  private void twoLines(Exchange exchange) throws Exception {
    PiecewiseAnswers.begin(exchange, "");
    try (OutputStream body = exchange.chunks()) {
      body.write(new byte[] {'a', '\n'});
      body.flush();
      PiecewiseAnswers.await(more);
      body.write(new byte[] {'b', '\n'});
    }
  }

  private StreamedResponse open(ScriptedServer server) {
    return Awaited.value(client.get(server.url("/forgotten?key=hidden")).asStream());
  }

  private void openAndForget(ScriptedServer server) {
    assertThat(open(server).status()).isEqualTo(200);
  }

  private void forgetTheFuture(ScriptedServer server) {
    CompletableFuture<StreamedResponse> future = client.get(server.url("/")).asStream();
    Eventually.holds(future::isDone, "the response");
  }

  private void subscribeAndForget(ScriptedServer server) {
    RecordedSignals<ByteBuffer> signals = RecordedSignals.on(open(server).body(), 1);
    signals.awaitItems(1);
  }

  private void consumeAndForget(ScriptedServer server) {
    RecordedSignals<ServerSentEvent> signals =
        RecordedSignals.on(EventStream.from(client.get(server.url("/"))).publisher(), 1);
    signals.awaitItems(1);
  }

  private RecordedSignals<ByteBuffer> subscribe(ScriptedServer server) {
    return RecordedSignals.on(open(server).body(), Long.MAX_VALUE);
  }

  private Flow.Subscription keepTheSubscription(ScriptedServer server) {
    CompletableFuture<Flow.Subscription> kept = new CompletableFuture<>();
    open(server).body().subscribe(new Keeping(kept, heard));
    return Awaited.value(kept);
  }

  private record Keeping(CompletableFuture<Flow.Subscription> kept, List<String> heard)
      implements Flow.Subscriber<ByteBuffer> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      kept.complete(subscription);
    }

    @Override
    public void onNext(ByteBuffer item) {
      heard.add(StandardCharsets.UTF_8.decode(item).toString());
    }

    @Override
    public void onError(Throwable thrown) {
      heard.add(thrown.toString());
    }

    @Override
    public void onComplete() {}
  }

  private InputStream inputStream(ScriptedServer server) {
    return open(server).inputStream();
  }

  private void assertGivenBack(ScriptedServer server, int warnings) {
    Eventually.holds(
        () -> {
          System.gc();
          return client.stats().inFlight() == 0;
        },
        "the permits to be back");
    Quiet.assertNothingLeft(client);
    server.awaitNoOpenConnections(Awaited.LIMIT);
    Eventually.holds(() -> log.warnings().size() == warnings, warnings + " warnings");
  }

  /** Until what was made unreachable just now is gone, three times over. */
  private static void collectGarbage() {
    for (int i = 0; i < 3; i++) {
      WeakReference<Object> unreachable = new WeakReference<>(new Object());
      Eventually.holds(
          () -> {
            System.gc();
            return unreachable.get() == null;
          },
          "a garbage collection");
    }
  }
}
