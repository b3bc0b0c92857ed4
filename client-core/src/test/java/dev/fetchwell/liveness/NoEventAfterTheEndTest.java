package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.observe.Queued;
import dev.fetchwell.observe.RetryScheduled;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who adds up events by call must see each call begin first, and end last and once. */
class NoEventAfterTheEndTest {

  private static final RetryPolicy QUICK =
      RetryPolicy.builder()
          .backoff(Backoff.fixed(Duration.ofMillis(1)))
          .budget(RetryBudget.unlimited())
          .build();

  private final Heard heard = new Heard();

  /** The call has ended at its headers: what is sent after that is a call of its own. */
  @Test
  void streamThatBreaksBeforeItsFirstByteIsRequestedAgainAsACallOfItsOwn() throws Exception {
    Script script =
        Script.inOrder(
            exchange -> {
              exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
              exchange.close();
            },
            Scripts.respond(200, "whole"));
    try (ScriptedServer server = ScriptedServer.start(script);
        AsyncHttpClient client = client().build()) {
      try (StreamedResponse response = Liveness.value(client.get(server.url("/")).asStream());
          InputStream body = response.inputStream()) {
        assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("whole");
      }
      Liveness.assertNothingHeld(client);
      heard.awaitEndings(2);
      heard.assertInOrder();
      assertThat(server.requests()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void callsThatEndAtAnyMomentEndOnce(long seed) {
    Random random = new Random(seed);
    int calls = 300;
    AtomicInteger answers = new AtomicInteger();
    try (ScriptedServer server =
            ScriptedServer.start(exchange -> answer(exchange, answers.getAndIncrement()));
        AsyncHttpClient client = client().maxConcurrency(8).maxQueued(100).build()) {
      List<CompletableFuture<?>> open = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        Duration timeout = Duration.ofMillis(1 + random.nextInt(60));
        open.add(
            random.nextInt(4) == 0
                ? closed(client.get(server.url("/")).timeout(timeout).asStream())
                : client.get(server.url("/")).timeout(timeout).asString());
        if (random.nextInt(3) == 0) {
          open.get(random.nextInt(open.size())).cancel(true);
        }
      }
      open.forEach(Liveness::assertEndsTyped);
      Liveness.assertNothingHeld(client);
      heard.awaitEndings(calls);
      heard.assertInOrder();
    }
  }

  private AsyncHttpClient.Builder client() {
    return AsyncHttpClient.builder().listener(heard).retry(QUICK);
  }

  private static CompletableFuture<?> closed(CompletableFuture<StreamedResponse> call) {
    var unused = call.thenAccept(StreamedResponse::close);
    return call;
  }

  private static void answer(Exchange exchange, int number) throws IOException {
    switch (number % 4) {
      case 0 -> exchange.respond(503, "");
      case 1 -> exchange.stall();
      case 2 -> exchange.reset();
      default -> exchange.respond(200, "ok");
    }
  }

  /** Writes down the events' names by call. */
  private static final class Heard implements CallListener {

    private final Map<Long, Queue<String>> byCall = new ConcurrentHashMap<>();
    private final AtomicInteger endings = new AtomicInteger();

    private void heard(CallInfo call, String event) {
      byCall.computeIfAbsent(call.id(), any -> new ConcurrentLinkedQueue<>()).add(event);
    }

    private void ended(CallInfo call, String event) {
      heard(call, event);
      endings.incrementAndGet();
    }

    /** Events may come a moment after the future's end. */
    void awaitEndings(int count) {
      Liveness.await(() -> endings.get() >= count, () -> count + " ended, are " + byCall);
    }

    void assertInOrder() {
      assertThat(byCall).hasSize(endings.get());
      byCall.forEach(
          (id, queue) -> {
            List<String> events = List.copyOf(queue);
            assertThat(events).as("events of call " + id).startsWith("callStarted");
            assertThat(events.get(events.size() - 1)).as("last of " + events).isIn(ENDS);
            assertThat(events.stream().filter(ENDS::contains)).as("ends in " + events).hasSize(1);
            assertThat(events).as("starts").containsOnlyOnce("callStarted");
          });
    }

    private static final List<String> ENDS = List.of("callEnded", "callCancelled");

    @Override
    public void callStarted(CallStarted event) {
      heard(event.call(), "callStarted");
    }

    @Override
    public void queued(Queued event) {
      heard(event.call(), "queued");
    }

    @Override
    public void attemptStarted(AttemptStarted event) {
      heard(event.call(), "attemptStarted");
    }

    @Override
    public void attemptEnded(AttemptEnded event) {
      heard(event.call(), "attemptEnded");
    }

    @Override
    public void retryScheduled(RetryScheduled event) {
      heard(event.call(), "retryScheduled");
    }

    @Override
    public void callEnded(CallEnded event) {
      ended(event.call(), "callEnded");
    }

    @Override
    public void callCancelled(CallCancelled event) {
      ended(event.call(), "callCancelled");
    }
  }
}
