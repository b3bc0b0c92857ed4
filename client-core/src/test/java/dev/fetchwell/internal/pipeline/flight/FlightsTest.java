package dev.fetchwell.internal.pipeline.flight;

import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.Ended.value;
import static dev.fetchwell.testkit.TestCalls.URL;
import static dev.fetchwell.testkit.TestCalls.deaf;
import static dev.fetchwell.testkit.TestCalls.headers;
import static dev.fetchwell.testkit.TestCalls.options;
import static dev.fetchwell.testkit.TestCalls.reply;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.FlightJoined;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlightsTest {

  private static final CallOptions SHARED = options().singleFlight(true);

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor threads = new ManualExecutor();
  private final List<Sent> sent = new ArrayList<>();
  private final Flights flights = new Flights(2, VirtualPlatform.of(threads, timer));
  private final Stage stage = Layer.onto(this::send, List.of(Deadline.layer(), flights.layer()));
  private final List<String> heard = new ArrayList<>();

  private record Sent(CallContext context, CompletableFuture<Reply> future) {}

  private CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CompletableFuture<Reply> future = new CompletableFuture<>();
    context.beginAttempt(false, false);
    context.events().attemptStarted(1);
    sent.add(new Sent(context, future));
    return future;
  }

  @Test
  void callThatDoesNotShareIsSentAsItIs() {
    CallContext context = context(options(), ReplyReaders.BYTES);

    CompletableFuture<Reply> call = stage.send(request("GET"), context);
    Reply reply = reply(200);
    sent.get(0).future().complete(reply);

    assertThat(sent.get(0).context()).isSameAs(context);
    assertThat(value(call)).isSameAs(reply);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void identicalCallsShareOneOnTheWireAndEachReadsItsOwnValue(String method) {
    CompletableFuture<Reply> bytes = stage.send(request(method), context(SHARED));
    CompletableFuture<Reply> text =
        stage.send(request(method), context(SHARED, ReplyReaders.STRING));
    assertThat(sent).hasSize(1);
    assertThat(flights.running()).isEqualTo(1);

    sent.get(0).future().complete(whole("ann"));
    assertThat(flights.running()).as("out of the table before it is handed out").isZero();
    threads.runAll();

    assertThat((byte[]) value(bytes).value()).asString().isEqualTo("ann");
    assertThat(value(text).value()).isEqualTo("ann");
    assertThat(flights.joined()).isEqualTo(1);
    assertThat(timer.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
  void otherMethodsAreNeverShared(String method) {
    stage.send(request(method), context(SHARED)).isDone();
    stage.send(request(method), context(SHARED)).isDone();

    assertThat(sent).hasSize(2);
  }

  @Test
  void callThatComesAfterTheEndIsSentAnew() {
    stage.send(request("GET"), context(SHARED)).isDone();
    sent.get(0).future().complete(whole("old"));

    CompletableFuture<Reply> second = stage.send(request("GET"), context(SHARED));
    assertThat(sent).hasSize(2);
    sent.get(1).future().complete(whole("new"));
    threads.runAll();

    assertThat((byte[]) value(second).value()).asString().isEqualTo("new");
  }

  @Test
  void callGoesOnForWhoIsLeftAlsoWhenTheOneWhoBeganItLeavesFirst() {
    CompletableFuture<Reply> starter = stage.send(request("GET"), context(SHARED));
    CompletableFuture<Reply> joiner = stage.send(request("GET"), context(SHARED));

    starter.cancel(false);
    assertThat(sent.get(0).future()).isNotDone();
    sent.get(0).future().complete(whole("ann"));
    threads.runAll();

    assertThat(starter).isCancelled();
    assertThat((byte[]) value(joiner).value()).asString().isEqualTo("ann");
  }

  @Test
  void lastOneToLeaveCancelsTheCallAndWhoComesThenBeginsAnother() {
    CompletableFuture<Reply> starter = stage.send(request("GET"), context(SHARED));
    CompletableFuture<Reply> joiner = stage.send(request("GET"), context(SHARED));

    joiner.cancel(false);
    assertThat(sent.get(0).future()).isNotDone();
    starter.cancel(false);

    assertThat(sent.get(0).future()).isCancelled();
    assertThat(flights.running()).isZero();
    CompletableFuture<Reply> next = stage.send(request("GET"), context(SHARED));
    assertThat(sent).hasSize(2);
    next.cancel(false);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void deadlineOfTheFlightIsTheLatestOfItsCallers() {
    CallOptions five = SHARED.timeout(Duration.ofSeconds(5)).checked();
    CompletableFuture<Reply> hasty = stage.send(request("GET"), context(five));
    timer.advance(Duration.ofSeconds(4));
    CompletableFuture<Reply> patient = stage.send(request("GET"), context(SHARED));

    assertThat(sent).as("the totals differ, and nothing else").hasSize(1);
    CallContext flight = sent.get(0).context();
    assertThat(flight.remaining()).isEqualTo(Duration.ofSeconds(30));
    timer.advance(Duration.ofSeconds(1));
    assertThat(failure(hasty, FetchTimeoutError.class)).hasMessageContaining("5000 ms [TOTAL]");
    timer.advance(Duration.ofSeconds(29));
    assertThat(failure(patient, FetchTimeoutError.class)).hasMessageContaining("30000 ms [TOTAL]");
    assertThat(sent.get(0).future()).isCancelled();
    assertThat(timer.pending()).isZero();
  }

  @Test
  void attemptMayTakeAsLongAsItsOwnLimitAndTheLatestDeadlineAllow() {
    Stage limited =
        Layer.onto(
            this::send,
            List.of(Deadline.layer(), flights.layer(), begun(), AttemptTimeout.layer()));
    CallOptions five = SHARED.timeout(Duration.ofSeconds(5)).checked();
    limited.send(request("GET"), context(five)).isDone();
    timer.advance(Duration.ofSeconds(4));
    CompletableFuture<Reply> patient = limited.send(request("GET"), context(SHARED));
    timer.advance(Duration.ofSeconds(5));
    threads.runAll();
    assertThat(patient).isNotDone();

    timer.advance(Duration.ofSeconds(1));
    threads.runAll();

    FetchTimeoutError error = failure(patient, FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error.elapsed()).isEqualTo(Duration.ofSeconds(6));
  }

  private static Layer begun() {
    return next ->
        (request, context) -> {
          context.beginAttempt(false, false);
          return next.send(request, context);
        };
  }

  @Test
  void whoJoinsInTheMomentInWhichTheTimeOfTheFlightIsOverHasAnother() {
    CallContext first = context(SHARED.timeout(Duration.ofSeconds(1)));
    stage.send(request("GET"), first).isDone();
    CompletableFuture<Reply> joiner = stage.send(request("GET"), context(SHARED));
    sent.get(0).future().completeExceptionally(total(sent.get(0).context()));
    threads.runAll();

    assertThat(sent).hasSize(2);
    sent.get(1).future().completeExceptionally(total(sent.get(1).context()));
    threads.runAll();
    assertThat(failure(joiner, FetchTimeoutError.class).phase()).isEqualTo(Phase.TOTAL);
    assertThat(sent).as("no end of flights").hasSize(2);
  }

  private static FetchTimeoutError total(CallContext of) {
    return new FetchTimeoutError(Phase.TOTAL, Duration.ofSeconds(1), of.facts(), null);
  }

  @Test
  void attemptsAreToldToTheCallThatBeganThemAndEndsTellOfThemAll() {
    CompletableFuture<Reply> one = stage.send(request("GET"), heardBy("one"));
    CompletableFuture<Reply> two = stage.send(request("GET"), heardBy("two"));

    sent.get(0).context().attempt().markStatus(200);
    sent.get(0).future().complete(whole("ann"));
    threads.runAll();

    assertThat(heard).containsExactly("one attempt 1", "two joined");
    value(one);
    value(two);
  }

  @Test
  void joinedCallEndsWithTheFactsOfTheFlight() {
    List<CallEnded> ends = new ArrayList<>();
    stage.send(request("GET"), context(SHARED)).isDone();
    CallContext joiner =
        TestCalls.context(
            request("GET"),
            SHARED,
            ReplyReaders.BYTES,
            VirtualPlatform.of(threads, timer),
            new CallListener() {
              @Override
              public void callEnded(CallEnded event) {
                ends.add(event);
              }
            });
    stage.send(request("GET"), joiner).isDone();
    sent.get(0).context().addQueueNanos(Duration.ofSeconds(5).toNanos());
    sent.get(0).context().attempt().markStatus(200);
    sent.get(0).context().attempt().markProtocol("h2");
    timer.advance(Duration.ofSeconds(2));

    joiner.events().callEnded(joiner, null);

    assertThat(ends).hasSize(1);
    assertThat(ends.get(0).attempts()).isEqualTo(1);
    assertThat(ends.get(0).status()).isEqualTo(200);
    assertThat(ends.get(0).protocol()).isEqualTo("h2");
    assertThat(ends.get(0).queueTime()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void whatTheCallHoldsGoesBackWhenTheLastHasItsValue() {
    AtomicInteger released = new AtomicInteger();
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      calls.add(stage.send(request("GET"), context(SHARED)));
    }
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);

    sent.get(0).future().complete(held);
    threads.runNext();
    threads.runNext();
    assertThat(calls.get(0)).isCompleted();
    assertThat(calls.get(1)).isCompleted();
    assertThat(released).hasValue(0);
    threads.runAll();

    assertThat(calls.get(2)).isCompleted();
    assertThat(released).hasValue(1);
  }

  @Test
  void whoLeavesWhileItWaitsForItsTurnHoldsNothingUp() {
    AtomicInteger released = new AtomicInteger();
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      calls.add(stage.send(request("GET"), context(SHARED)));
    }
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);
    sent.get(0).future().complete(held);
    assertThat(threads.pending()).as("two at a time").isEqualTo(2);

    calls.forEach(call -> call.cancel(false));

    assertThat(released).hasValue(1);
    threads.runAll();
    assertThat(flights.abandoned()).isZero();
    assertThatOthersStillGetTheirTurn();
  }

  private void assertThatOthersStillGetTheirTurn() {
    int before = sent.size();
    CompletableFuture<Reply> one = stage.send(request("GET"), context(SHARED));
    CompletableFuture<Reply> two = stage.send(request("GET"), context(SHARED));
    sent.get(before).future().complete(whole("ann"));
    assertThat(threads.pending()).isEqualTo(2);
    threads.runAll();
    value(one);
    value(two);
  }

  @Test
  void replyThatNobodyWaitsForIsGivenUp() {
    AtomicInteger released = new AtomicInteger();
    CompletableFuture<Reply> wire = deaf();
    Stage deaf = flights.layer().around((request, context) -> wire);
    deaf.send(request("GET"), context(SHARED)).cancel(false);
    Reply held = Reply.held(200, headers(), URL, new byte[] {1});
    held.whenEnded(released::incrementAndGet);

    wire.complete(held);

    assertThat(released).hasValue(1);
  }

  @Test
  void eachCallerHasAnErrorOfItsOwn() {
    CompletableFuture<Reply> one = stage.send(request("GET"), context(SHARED));
    timer.advance(Duration.ofSeconds(2));
    CompletableFuture<Reply> two = stage.send(request("GET"), context(SHARED));
    timer.advance(Duration.ofSeconds(1));
    ConnectionError shared =
        new ConnectionError(
            ConnectionError.Kind.RESET, "by peer", sent.get(0).context().facts(), null);
    shared.addSuppressed(total(sent.get(0).context()));

    sent.get(0).future().completeExceptionally(shared);
    threads.runAll();

    ConnectionError first = failure(one, ConnectionError.class);
    ConnectionError second = failure(two, ConnectionError.class);
    assertThat(first).isNotSameAs(second).isNotSameAs(shared);
    assertThat(first.elapsed()).isEqualTo(Duration.ofSeconds(3));
    assertThat(second.elapsed()).isEqualTo(Duration.ofSeconds(1));
    assertThat(second.attempts()).isEqualTo(1);
    assertThat(first).hasMessageContaining("by peer").hasMessageContaining("3000 ms");
    assertThat(first.getSuppressed()[0]).isInstanceOf(FetchTimeoutError.class);
    assertThat(first.getSuppressed()[0]).isNotSameAs(second.getSuppressed()[0]);
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
    CompletableFuture<Reply> bad = stage.send(request("GET"), context(SHARED, broken));
    CompletableFuture<Reply> good = stage.send(request("GET"), context(SHARED));

    sent.get(0).future().complete(whole("ann"));
    threads.runAll();

    assertThat(failure(bad, UnexpectedError.class)).hasRootCauseMessage("told to");
    value(good);
    assertThatOthersStillGetTheirTurn();
  }

  @Test
  void nextStageThatThrowsEndsAll() {
    Stage throwing =
        flights
            .layer()
            .around(
                (request, context) -> {
                  throw new LinkageError("told to");
                });

    CompletableFuture<Reply> call = throwing.send(request("GET"), context(SHARED));
    threads.runAll();

    assertThat(failure(call, LinkageError.class)).hasMessage("told to");
    assertThat(flights.running()).isZero();
  }

  @Test
  void cancelFromBelowCancelsAll() {
    CompletableFuture<Reply> one = stage.send(request("GET"), context(SHARED));
    CompletableFuture<Reply> two = stage.send(request("GET"), context(SHARED));

    sent.get(0).future().cancel(false);
    threads.runAll();

    failure(one, CancellationException.class);
    failure(two, CancellationException.class);
  }

  @Test
  void threadsThatAreNotThereAtTheMomentLoseNobody() {
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(stage.send(request("GET"), context(SHARED)));
    }
    threads.reject(true);
    sent.get(0).future().complete(whole("ann"));
    timer.advance(Duration.ofSeconds(1));
    threads.reject(false);
    timer.advance(Duration.ofSeconds(1));
    threads.runAll();
    timer.advance(Duration.ofSeconds(1));
    threads.runAll();

    calls.forEach(call -> assertThat(value(call).status()).isEqualTo(200));
  }

  @Test
  void deadlineOfAJoinerTellsOfTheAttemptsBefore() {
    stage.send(request("GET"), context(SHARED)).isDone();
    CallContext flight = sent.get(0).context();
    CompletableFuture<Reply> joiner =
        stage.send(request("GET"), context(SHARED.timeout(Duration.ofSeconds(20))));
    flight.attempt().markSent();
    FetchError earlier = total(flight);
    flight.addFailure(earlier);
    flight.beginAttempt(true, false);

    timer.advance(Duration.ofSeconds(20));

    FetchTimeoutError error = failure(joiner, FetchTimeoutError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.getSuppressed()).hasSize(1).doesNotContain(earlier);
  }

  private CallContext context(CallOptions options) {
    return context(options, ReplyReaders.BYTES);
  }

  private CallContext context(CallOptions options, ReplyReader<?> reader) {
    return TestCalls.context(request("GET"), options, reader, VirtualPlatform.of(threads, timer));
  }

  private CallContext heardBy(String name) {
    return TestCalls.context(
        request("GET"),
        SHARED,
        ReplyReaders.BYTES,
        VirtualPlatform.of(threads, timer),
        new CallListener() {
          @Override
          public void attemptStarted(AttemptStarted event) {
            heard.add(name + " attempt " + event.attempt());
          }

          @Override
          public void flightJoined(FlightJoined event) {
            heard.add(name + " joined");
          }
        });
  }

  private static Reply whole(String body) {
    return Reply.held(200, headers(), URL, body.getBytes(StandardCharsets.UTF_8));
  }
}
