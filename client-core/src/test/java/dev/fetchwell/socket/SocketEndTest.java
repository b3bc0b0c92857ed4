package dev.fetchwell.socket;

import static dev.fetchwell.socket.SocketRig.GRACE;
import static dev.fetchwell.socket.SocketRig.send;
import static dev.fetchwell.socket.SocketRig.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.testkit.Ended;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a socket ends, on virtual time. */
class SocketEndTest {

  private final SocketRig rig = new SocketRig();
  private final FakeHome home = rig.home;
  private final FakeTarget target = rig.target;

  @Test
  void stopSendsWhatWaitsThenClosesAndHandsOverWhatComesUntilThePeerCloses() {
    SocketRun run = rig.start();
    CompletableFuture<?> early = send(run, "early");
    FakeLink link = home.succeed();
    CompletableFuture<?> stopped = run.stop(GRACE);
    link.text("late");

    assertThat(run.state()).isEqualTo(SocketState.CLOSING);
    assertThat(stopped).isNotDone();
    link.close(1000);

    assertThat(link.log()).containsExactly("text early", "close 1000");
    assertThat(link.cancelled).isTrue();
    assertThat(early).isCompleted();
    assertThat(stopped).isCompleted();
    assertThat(run.ending().whenClosed()).isCompleted();
    assertThat(target.heard)
        .containsExactly("CONNECTING", "OPEN", "CLOSING", "late", "CLOSED", "end");
    rig.assertQuiet();
  }

  @Test
  void stopCutsTheConnectionWhenTheGraceIsOver() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    CompletableFuture<?> first = run.stop(GRACE);
    CompletableFuture<?> shorter = run.stop(Duration.ofSeconds(1));

    home.timer.advance(Duration.ofSeconds(1));

    assertThat(link.log()).containsExactly("close 1000");
    assertThat(link.cancelled).isTrue();
    assertThat(first).isCompleted();
    assertThat(shorter).isCompleted();
    assertThat(run.stop(GRACE)).isCompleted();
    rig.assertQuiet();
  }

  @Test
  void stopWithoutGraceSaysNothing() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();

    assertThat(run.stop(Duration.ZERO)).isCompleted();

    assertThat(link.written).isEmpty();
    assertThat(link.cancelled).isTrue();
    rig.assertQuiet();
  }

  @Test
  void stopDuringBackoffEndsAtOnce() {
    SocketRun run = rig.start();
    home.failToConnect();
    CompletableFuture<?> waiting = send(run, "x");

    assertThat(run.stop(GRACE)).isCompleted();

    ConnectionError error = Ended.failure(waiting, ConnectionError.class);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertThat(home.handshakes).hasSize(1);
    assertThat(Ended.error(run.ending().whenOpened())).isInstanceOf(CancellationException.class);
    rig.assertQuiet();
  }

  @Test
  void stopWhileConnectingEndsAtOnceAndCancelsTheHandshake() {
    SocketRun run = rig.start();

    assertThat(run.stop(GRACE)).isCompleted();

    assertThat(home.handshakes.get(0)).isCancelled();
    rig.assertQuiet();
  }

  @Test
  void stopWhileConnectingWaitsForMessagesThatWait() {
    SocketRun run = rig.start(to -> to.onOpen = socket -> {});
    CompletableFuture<?> sent = send(run, "x");
    CompletableFuture<?> stopped = run.stop(GRACE);
    assertThat(stopped).isNotDone();
    Ended.failure(send(run, "too late"), ConnectionError.class);

    FakeLink link = home.succeed();
    link.close(1000);

    assertThat(link.log()).containsExactly("text x", "close 1000");
    assertThat(sent).isCompleted();
    assertThat(stopped).isCompleted();
    assertThat(target.heard).doesNotContain("onOpen", "OPEN");
    rig.assertQuiet();
  }

  @Test
  void handshakeThatSucceedsAfterTheStopIsGivenUp() {
    SocketRun run = rig.start();
    var unused = run.stop(GRACE);

    FakeLink late = home.succeed();

    assertThat(late.cancelled).isTrue();
    assertThat(run.state()).isEqualTo(SocketState.CLOSED);
  }

  @Test
  void messageAfterTheEndIsNotHandedOver() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    var unused = run.stop(Duration.ZERO);

    link.text("late");
    link.reset();

    assertThat(target.heard).doesNotContain("late");
    assertThat(run.state()).isEqualTo(SocketState.CLOSED);
  }

  @Test
  void stopWhileOnOpenRunsSendsWhatWaitsBeforeTheCloseFrame() {
    SocketRun[] run = new SocketRun[1];
    FakeTarget stopping =
        new FakeTarget() {
          @Override
          public void open() {
            var unused = run[0].stop(GRACE);
          }
        };
    run[0] = new SocketRun(settings(to -> to.onOpen = socket -> {}), home, stopping);
    run[0].start();
    var unused = send(run[0], "waiting");

    assertThat(home.succeed().log()).containsExactly("text waiting", "close 1000");
  }

  @Test
  void refusalEndsIt() {
    SocketRun run = rig.start();
    CompletableFuture<?> waiting = send(run, "x");
    home.fail(FakeHome.status(401, null));

    Ended.failure(run.ending().whenClosed(), ClientStatusError.class);
    Ended.failure(run.ending().whenOpened(), ClientStatusError.class);
    Ended.failure(waiting, ConnectionError.class);
    assertThat(target.heard).endsWith("CLOSED", "end with ClientStatusError");
    rig.assertQuiet();
  }

  @Test
  void peerThatTellsWhyItLeftIsHeardThoughWritingToItFails() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    link.breaksWrites = true;
    CompletableFuture<?> cut = send(run, "x");
    assertThat(run.state()).isEqualTo(SocketState.OPEN);

    link.close(1000);

    assertThat(run.ending().whenClosed()).isCompleted();
    assertThat(Ended.failure(cut, ConnectionError.class).mayHaveBeenProcessed()).isTrue();
    rig.assertQuiet();
  }

  @Test
  void connectionThatCannotBeWrittenToIsLostASecondLater() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    link.breaksWrites = true;
    var unused = send(run, "x");

    home.timer.advance(Duration.ofSeconds(1));

    assertThat(run.state()).isEqualTo(SocketState.WAITING);
    assertThat(link.cancelled).isTrue();
  }

  @Test
  void handlerThatThrowsEndsItAndTheRestIsNotHandedOver() {
    FakeTarget throwing =
        new FakeTarget() {
          @Override
          public void message(SocketMessage message) {
            super.message(message);
            throw new StackOverflowError();
          }
        };
    SocketRun run = new SocketRun(settings(to -> {}), home, throwing);
    run.start();
    FakeLink link = home.succeed();
    link.text("one");
    link.text("two");

    UnexpectedError error = Ended.failure(run.ending().whenClosed(), UnexpectedError.class);
    assertThat(error).hasCauseInstanceOf(StackOverflowError.class);
    assertThat(link.log()).containsExactly("close 1011");
    assertThat(throwing.heard).contains("one").doesNotContain("two");
    link.peer().ended();
    rig.assertQuiet();
  }

  @Test
  void futuresDoNotWaitForAHandlerThatHangs() {
    ManualExecutor threads = new ManualExecutor();
    VirtualTimer timer = new VirtualTimer();
    FakeHome later = new FakeHome(threads, timer);
    SocketRun run = new SocketRun(settings(to -> {}), later, target);
    run.start();
    later.fail(FakeHome.status(404, null));
    // Nothing of what is told runs, as if the first of it hung.
    assertThat(run.ending().whenClosed()).isNotDone();

    timer.advance(Duration.ofSeconds(5));
    threads.runAll();

    Ended.failure(run.ending().whenClosed(), ClientStatusError.class);
  }

  @Test
  void endIsToldThoughMessagesBeforeItWereNeverAskedFor() {
    FakeTarget unready =
        new FakeTarget() {
          @Override
          public boolean isReady() {
            return false;
          }
        };
    SocketRun run = rig.start(to -> {}, unready);
    FakeLink link = home.succeed();
    link.text("nobody's");
    link.close(1000);
    assertThat(unready.heard).doesNotContain("end");

    run.giveUp();

    assertThat(unready.heard).endsWith("CLOSED", "end").doesNotContain("nobody's");
    rig.assertQuiet();
  }

  @Test
  void socketThatIsGivenUpBeforeItBeginsDoesNotConnect() {
    SocketRun run = new SocketRun(settings(to -> {}), home, target);
    run.giveUp();

    run.start();

    assertThat(home.handshakes).isEmpty();
    assertThat(target.heard).endsWith("end");
    rig.assertQuiet();
  }

  @Test
  void clientThatClosesEndsItWithATypedError() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    run.clientCloses(GRACE);
    assertThat(link.log()).containsExactly("close 1001");
    link.close(1001);

    Ended.failure(run.ending().whenClosed(), ClientClosedError.class);
    Ended.failure(send(run, "x"), ClientClosedError.class);
    run.clientClosed();
    rig.assertQuiet();
  }

  @Test
  void closedClientTakesNoSocket() {
    home.closed = true;
    SocketRun run = rig.start();

    Ended.failure(run.ending().whenOpened(), ClientClosedError.class);
    assertThat(home.handshakes).isEmpty();
    rig.assertQuiet();
  }

  @Test
  void timerThatHasNoThreadEndsItInPlaceOfHanging() {
    SocketRun run = rig.start();
    home.timer.reject(true);
    home.failToConnect();
    home.timer.reject(false);
    home.timer.advance(Duration.ofSeconds(10));

    FetchError error = Ended.failure(run.ending().whenClosed(), UnexpectedError.class);
    assertThat(error).isNotNull();
    assertThat(run.state()).isEqualTo(SocketState.CLOSED);
  }
}
