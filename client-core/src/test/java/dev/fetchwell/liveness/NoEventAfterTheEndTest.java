package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
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
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
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

  private static final Pattern END = Pattern.compile("callEnded .*|callCancelled");

  private final EventRecorder heard = new EventRecorder();

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
      try (StreamedResponse response =
              Awaited.value(client.get(server.url("/")).asStream(), Liveness.LIMIT);
          InputStream body = response.inputStream()) {
        assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("whole");
      }
      Quiet.assertNothingHeld(client, Liveness.LIMIT);
      awaitEndings(2);
      assertInOrder();
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
      Quiet.assertNothingHeld(client, Liveness.LIMIT);
      awaitEndings(calls);
      assertInOrder();
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

  /** Events may come a moment after the future's end. */
  private void awaitEndings(int count) {
    Eventually.holds(
        () -> endings(heard.events()) >= count,
        () -> count + " ended, are " + heard.eventsByCall(),
        Liveness.LIMIT);
  }

  private void assertInOrder() {
    Map<Long, List<String>> byCall = heard.eventsByCall();
    assertThat(endings(heard.events())).isEqualTo(byCall.size());
    byCall.forEach(
        (id, events) -> {
          assertThat(events).as("events of call " + id).startsWith("callStarted");
          assertThat(events.get(events.size() - 1)).as("last of " + events).matches(END);
          assertThat(endings(events)).as("ends in " + events).isEqualTo(1);
          assertThat(events).as("starts").containsOnlyOnce("callStarted");
        });
  }

  private static long endings(List<String> events) {
    return events.stream().filter(END.asMatchPredicate()).count();
  }
}
