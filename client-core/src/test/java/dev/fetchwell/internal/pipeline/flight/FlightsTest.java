package dev.fetchwell.internal.pipeline.flight;

import static dev.fetchwell.internal.pipeline.flight.FlightRig.SHARED;
import static dev.fetchwell.internal.pipeline.flight.FlightRig.whole;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.Ended.value;
import static dev.fetchwell.testkit.TestCalls.URL;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.headers;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.json.JacksonCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares a call, who leaves it, and whose turn it is to read. */
class FlightsTest {

  private final FlightRig rig = new FlightRig();

  @Test
  void callThatDoesNotShareIsSentAsItIs() {
    CallContext context = rig.context(options(), ReplyReaders.BYTES);

    CompletableFuture<Reply> call = rig.stage.send(request("GET"), context);
    Reply reply = reply(200);
    rig.sent.get(0).future().complete(reply);

    assertThat(rig.sent.get(0).context()).isSameAs(context);
    assertThat(value(call)).isSameAs(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void identicalCallsShareOneOnTheWireAndEachReadsItsOwnValue(String method) {
    CompletableFuture<Reply> bytes = rig.stage.send(request(method), rig.context(SHARED));
    CompletableFuture<Reply> text =
        rig.stage.send(request(method), rig.context(SHARED, ReplyReaders.STRING));
    assertThat(rig.sent).hasSize(1);
    assertThat(rig.flights.running()).isEqualTo(1);

    rig.sent.get(0).future().complete(whole("ann"));
    assertThat(rig.flights.running()).as("out of the table before it is handed out").isZero();
    rig.threads.runAll();

    assertThat((byte[]) value(bytes).value()).asString().isEqualTo("ann");
    assertThat(value(text).value()).isEqualTo("ann");
    assertThat(rig.flights.joined()).isEqualTo(1);
    assertThat(rig.timer.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void otherMethodsAreNeverShared(String method) {
    rig.stage.send(request(method), rig.context(SHARED)).isDone();
    rig.stage.send(request(method), rig.context(SHARED)).isDone();

    assertThat(rig.sent).hasSize(2);
  }

  @Test
  void callThatComesAfterTheEndIsSentAnew() {
    rig.stage.send(request("GET"), rig.context(SHARED)).isDone();
    rig.sent.get(0).future().complete(whole("old"));

    CompletableFuture<Reply> second = rig.stage.send(request("GET"), rig.context(SHARED));
    assertThat(rig.sent).hasSize(2);
    rig.sent.get(1).future().complete(whole("new"));
    rig.threads.runAll();

    assertThat((byte[]) value(second).value()).asString().isEqualTo("new");
  }

  @Test
  void callGoesOnForWhoIsLeftAlsoWhenTheOneWhoBeganItLeavesFirst() {
    CompletableFuture<Reply> starter = rig.stage.send(request("GET"), rig.context(SHARED));
    CompletableFuture<Reply> joiner = rig.stage.send(request("GET"), rig.context(SHARED));

    starter.cancel(false);
    assertThat(rig.sent.get(0).future()).isNotDone();
    rig.sent.get(0).future().complete(whole("ann"));
    rig.threads.runAll();

    assertThat(starter).isCancelled();
    assertThat((byte[]) value(joiner).value()).asString().isEqualTo("ann");
  }

  @Test
  void lastOneToLeaveCancelsTheCallAndWhoComesThenBeginsAnother() {
    CompletableFuture<Reply> starter = rig.stage.send(request("GET"), rig.context(SHARED));
    CompletableFuture<Reply> joiner = rig.stage.send(request("GET"), rig.context(SHARED));

    joiner.cancel(false);
    assertThat(rig.sent.get(0).future()).isNotDone();
    starter.cancel(false);

    assertThat(rig.sent.get(0).future()).isCancelled();
    assertThat(rig.flights.running()).isZero();
    CompletableFuture<Reply> next = rig.stage.send(request("GET"), rig.context(SHARED));
    assertThat(rig.sent).hasSize(2);
    next.cancel(false);
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void whatTheCallHoldsGoesBackWhenTheLastHasItsValue() {
    AtomicInteger released = new AtomicInteger();
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(rig.stage.send(request("GET"), rig.context(SHARED)));
    }
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);

    rig.sent.get(0).future().complete(held);
    rig.threads.runNext();
    rig.threads.runNext();
    assertThat(calls.get(0)).isCompleted();
    assertThat(calls.get(1)).isCompleted();
    assertThat(released).hasValue(0);
    rig.threads.runAll();

    assertThat(calls.get(2)).isCompleted();
    assertThat(released).hasValue(1);
  }

  @Test
  void whoLeavesWhileItWaitsForItsTurnHoldsNothingUp() {
    AtomicInteger released = new AtomicInteger();
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(rig.stage.send(request("GET"), rig.context(SHARED)));
    }
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);
    rig.sent.get(0).future().complete(held);
    assertThat(rig.threads.pending()).as("two at a time").isEqualTo(2);

    calls.forEach(call -> call.cancel(false));

    assertThat(released).hasValue(1);
    rig.threads.runAll();
    assertThat(rig.flights.abandoned()).isZero();
    assertThatOthersStillGetTheirTurn();
  }

  private void assertThatOthersStillGetTheirTurn() {
    int before = rig.sent.size();
    CompletableFuture<Reply> one = rig.stage.send(request("GET"), rig.context(SHARED));
    CompletableFuture<Reply> two = rig.stage.send(request("GET"), rig.context(SHARED));
    rig.sent.get(before).future().complete(whole("ann"));
    assertThat(rig.threads.pending()).isEqualTo(2);
    rig.threads.runAll();
    value(one);
    value(two);
  }

  @Test
  void replyThatNobodyWaitsForIsGivenUp() {
    AtomicInteger released = new AtomicInteger();
    CompletableFuture<Reply> wire = deaf();
    Stage deaf = rig.flights.layer().around((request, context) -> wire);
    deaf.send(request("GET"), rig.context(SHARED)).cancel(false);
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);

    wire.complete(held);

    assertThat(released).hasValue(1);
  }

  @Test
  void decoderThatThrowsFailsItsOwnCallerOnly() {
    ReplyReader<String> broken =
        ReplyReaders.made(
            new JacksonCodec(),
            String.class,
            response -> {
              throw new OutOfMemoryError("told to");
            });
    CompletableFuture<Reply> bad = rig.stage.send(request("GET"), rig.context(SHARED, broken));
    CompletableFuture<Reply> good = rig.stage.send(request("GET"), rig.context(SHARED));

    rig.sent.get(0).future().complete(whole("ann"));
    rig.threads.runAll();

    assertThat(failure(bad, UnexpectedError.class)).hasRootCauseMessage("told to");
    value(good);
    assertThatOthersStillGetTheirTurn();
  }

  @Test
  void threadsThatAreNotThereAtTheMomentLoseNobody() {
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(rig.stage.send(request("GET"), rig.context(SHARED)));
    }
    rig.threads.reject(true);
    rig.sent.get(0).future().complete(whole("ann"));
    rig.timer.advance(Duration.ofSeconds(1));
    rig.threads.reject(false);
    rig.timer.advance(Duration.ofSeconds(1));
    rig.threads.runAll();
    rig.timer.advance(Duration.ofSeconds(1));
    rig.threads.runAll();

    calls.forEach(call -> assertThat(value(call).status()).isEqualTo(200));
  }
}
