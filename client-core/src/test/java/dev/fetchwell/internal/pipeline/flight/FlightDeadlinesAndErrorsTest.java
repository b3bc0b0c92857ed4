package dev.fetchwell.internal.pipeline.flight;

import static dev.fetchwell.internal.pipeline.flight.FlightRig.SHARED;
import static dev.fetchwell.internal.pipeline.flight.FlightRig.whole;
import static dev.fetchwell.testkit.Ended.failure;
import static dev.fetchwell.testkit.Ended.value;
import static dev.fetchwell.testkit.TestCalls.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.internal.pipeline.time.Deadline;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.FlightJoined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the callers of one flight are told: of their time, of its attempts and of its errors. */
class FlightDeadlinesAndErrorsTest {

  private final FlightRig rig = new FlightRig();
  private final List<String> heard = new ArrayList<>();

  @Test
  void deadlineOfTheFlightIsTheLatestOfItsCallers() {
    CallOptions five = SHARED.timeout(Duration.ofSeconds(5)).checked();
    CompletableFuture<Reply> hasty = rig.stage.send(request("GET"), rig.context(five));
    rig.timer.advance(Duration.ofSeconds(4));
    CompletableFuture<Reply> patient = rig.stage.send(request("GET"), rig.context(SHARED));

    assertThat(rig.sent).as("the totals differ, and nothing else").hasSize(1);
    CallContext flight = rig.sent.get(0).context();
    assertThat(flight.remaining()).isEqualTo(Duration.ofSeconds(30));
    rig.timer.advance(Duration.ofSeconds(1));
    assertThat(failure(hasty, FetchTimeoutError.class)).hasMessageContaining("5000 ms [TOTAL]");
    rig.timer.advance(Duration.ofSeconds(29));
    assertThat(failure(patient, FetchTimeoutError.class)).hasMessageContaining("30000 ms [TOTAL]");
    assertThat(rig.sent.get(0).future()).isCancelled();
    assertThat(rig.timer.pending()).isZero();
  }

  @Test
  void attemptMayTakeAsLongAsItsOwnLimitAndTheLatestDeadlineAllow() {
    Stage limited =
        Layer.onto(
            rig::send,
            List.of(Deadline.layer(), rig.flights.layer(), begun(), AttemptTimeout.layer()));
    CallOptions five = SHARED.timeout(Duration.ofSeconds(5)).checked();
    limited.send(request("GET"), rig.context(five)).isDone();
    rig.timer.advance(Duration.ofSeconds(4));
    CompletableFuture<Reply> patient = limited.send(request("GET"), rig.context(SHARED));
    rig.timer.advance(Duration.ofSeconds(5));
    rig.threads.runAll();
    assertThat(patient).isNotDone();

    rig.timer.advance(Duration.ofSeconds(1));
    rig.threads.runAll();

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
    CallContext first = rig.context(SHARED.timeout(Duration.ofSeconds(1)));
    rig.stage.send(request("GET"), first).isDone();
    CompletableFuture<Reply> joiner = rig.stage.send(request("GET"), rig.context(SHARED));
    rig.sent.get(0).future().completeExceptionally(total(rig.sent.get(0).context()));
    rig.threads.runAll();

    assertThat(rig.sent).hasSize(2);
    rig.sent.get(1).future().completeExceptionally(total(rig.sent.get(1).context()));
    rig.threads.runAll();
    assertThat(failure(joiner, FetchTimeoutError.class).phase()).isEqualTo(Phase.TOTAL);
    assertThat(rig.sent).as("no end of flights").hasSize(2);
  }

  private static FetchTimeoutError total(CallContext of) {
    return new FetchTimeoutError(Phase.TOTAL, Duration.ofSeconds(1), of.facts(), null);
  }

  @Test
  void attemptsAreToldToTheCallThatBeganThemAndEndsTellOfThemAll() {
    CompletableFuture<Reply> one = rig.stage.send(request("GET"), heardBy("one"));
    CompletableFuture<Reply> two = rig.stage.send(request("GET"), heardBy("two"));

    rig.sent.get(0).context().attempt().markStatus(200);
    rig.sent.get(0).future().complete(whole("ann"));
    rig.threads.runAll();

    assertThat(heard).containsExactly("one attempt 1", "two joined");
    value(one);
    value(two);
  }

  @Test
  void joinedCallEndsWithTheFactsOfTheFlight() {
    List<CallEnded> ends = new ArrayList<>();
    rig.stage.send(request("GET"), rig.context(SHARED)).isDone();
    CallContext joiner =
        rig.context(
            new CallListener() {
              @Override
              public void callEnded(CallEnded event) {
                ends.add(event);
              }
            });
    rig.stage.send(request("GET"), joiner).isDone();
    rig.sent.get(0).context().addQueueNanos(Duration.ofSeconds(5).toNanos());
    rig.sent.get(0).context().attempt().markStatus(200);
    rig.sent.get(0).context().attempt().markProtocol("h2");
    rig.timer.advance(Duration.ofSeconds(2));

    joiner.events().callEnded(joiner, null);

    assertThat(ends).hasSize(1);
    assertThat(ends.get(0).attempts()).isEqualTo(1);
    assertThat(ends.get(0).status()).isEqualTo(200);
    assertThat(ends.get(0).protocol()).isEqualTo("h2");
    assertThat(ends.get(0).queueTime()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void eachCallerHasAnErrorOfItsOwn() {
    CompletableFuture<Reply> one = rig.stage.send(request("GET"), rig.context(SHARED));
    rig.timer.advance(Duration.ofSeconds(2));
    CompletableFuture<Reply> two = rig.stage.send(request("GET"), rig.context(SHARED));
    rig.timer.advance(Duration.ofSeconds(1));
    ConnectionError shared =
        new ConnectionError(
            ConnectionError.Kind.RESET, "by peer", rig.sent.get(0).context().facts(), null);
    shared.addSuppressed(total(rig.sent.get(0).context()));

    rig.sent.get(0).future().completeExceptionally(shared);
    rig.threads.runAll();

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
  void nextStageThatThrowsEndsAll() {
    Stage throwing =
        rig.flights
            .layer()
            .around(
                (request, context) -> {
                  throw new LinkageError("told to");
                });

    CompletableFuture<Reply> call = throwing.send(request("GET"), rig.context(SHARED));
    rig.threads.runAll();

    assertThat(failure(call, LinkageError.class)).hasMessage("told to");
    assertThat(rig.flights.running()).isZero();
  }

  @Test
  void cancelFromBelowCancelsAll() {
    CompletableFuture<Reply> one = rig.stage.send(request("GET"), rig.context(SHARED));
    CompletableFuture<Reply> two = rig.stage.send(request("GET"), rig.context(SHARED));

    rig.sent.get(0).future().cancel(false);
    rig.threads.runAll();

    failure(one, CancellationException.class);
    failure(two, CancellationException.class);
  }

  @Test
  void deadlineOfAJoinerTellsOfTheAttemptsBefore() {
    rig.stage.send(request("GET"), rig.context(SHARED)).isDone();
    CallContext flight = rig.sent.get(0).context();
    CompletableFuture<Reply> joiner =
        rig.stage.send(request("GET"), rig.context(SHARED.timeout(Duration.ofSeconds(20))));
    flight.attempt().markSent();
    FetchError earlier = total(flight);
    flight.addFailure(earlier);
    flight.beginAttempt(true, false);

    rig.timer.advance(Duration.ofSeconds(20));

    FetchTimeoutError error = failure(joiner, FetchTimeoutError.class);
    assertThat(error.attempts()).isEqualTo(2);
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(error.getSuppressed()).hasSize(1).doesNotContain(earlier);
  }

  private CallContext heardBy(String name) {
    return rig.context(
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
}
