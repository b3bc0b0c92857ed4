package dev.fetchwell.socket;

import static dev.fetchwell.socket.SocketRig.WAIT;
import static dev.fetchwell.socket.SocketRig.send;
import static dev.fetchwell.socket.SocketRig.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.testkit.Ended;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of messages that are sent, on virtual time. */
class SocketSendTest {

  private final SocketRig rig = new SocketRig();
  private final FakeHome home = rig.home;

  @Test
  void messagesThatWaitForTheFirstConnectionSurviveItsFailures() {
    SocketRun run = rig.start();
    CompletableFuture<?> sent = send(run, "x");
    home.failToConnect();
    home.timer.advance(WAIT);
    CompletableFuture<?> second = send(run, "y");

    assertThat(home.succeed().log()).containsExactly("text x", "text y");
    assertThat(sent).isCompleted();
    assertThat(second).isCompleted();
  }

  @Test
  void whatWasNotSentWhenTheConnectionBrokeFails() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    List<CompletableFuture<?>> sends = new ArrayList<>();
    link.whileWriting =
        () -> {
          sends.add(send(run, "behind"));
          link.reset();
        };
    CompletableFuture<?> underWay = send(run, "under way");

    assertThat(Ended.failure(underWay, ConnectionError.class).mayHaveBeenProcessed()).isTrue();
    assertThat(Ended.failure(sends.get(0), ConnectionError.class).mayHaveBeenProcessed()).isFalse();
    home.timer.advance(WAIT);
    assertThat(home.succeed().log()).isEmpty();
  }

  @Test
  void whatWasNotSentIsSentAgainIfAskedFor() {
    SocketRun run = rig.start(to -> to.resendsOnReconnect = true);
    FakeLink link = home.succeed();
    List<CompletableFuture<?>> sends = new ArrayList<>();
    link.whileWriting =
        () -> {
          sends.add(send(run, "behind"));
          link.reset();
        };
    sends.add(send(run, "under way"));
    home.timer.advance(WAIT);

    assertThat(home.succeed().log()).containsExactly("text under way", "text behind");
    assertThat(sends).allMatch(CompletableFuture::isDone);
  }

  @Test
  void messageThatIsCancelledLeavesItsPlace() {
    SocketRun run = rig.start(to -> to.maxQueued = 2);
    CompletableFuture<?> first = send(run, "a");
    send(run, "b").thenRun(() -> {}).cancel(false);
    CompletableFuture<?> third = send(run, "c");
    first.cancel(false);

    assertThat(home.succeed().log()).containsExactly("text c");
    assertThat(third).isCompleted();
  }

  @Test
  void queueIsBoundedInMessagesAndBytes() {
    SocketRun run =
        rig.start(
            to -> {
              to.maxQueued = 2;
              to.maxQueuedBytes = 10;
            });
    CompletableFuture<?> first = send(run, "12345678");
    Ended.failure(send(run, "123"), BulkheadFullError.class);
    CompletableFuture<?> second = send(run, "12");
    Ended.failure(send(run, ""), BulkheadFullError.class);

    home.succeed();

    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(run.queued()).isZero();
    assertThat(send(run, "123")).isCompleted();
  }

  @Test
  void whatOnOpenSendsGoesFirst() {
    SocketRun[] run = new SocketRun[1];
    FakeTarget sending =
        new FakeTarget() {
          @Override
          public void open() {
            var unused = send(run[0], "subscribe");
          }
        };
    run[0] = new SocketRun(settings(to -> to.onOpen = socket -> {}), home, sending);
    run[0].start();
    CompletableFuture<?> waiting = send(run[0], "waiting");

    assertThat(home.succeed().log()).containsExactly("text subscribe", "text waiting");
    assertThat(waiting).isCompleted();
    assertThat(home.timer.pending()).isZero();
  }

  @Test
  void whatOnOpenSentIsNotSentAgainAsItRunsAgain() {
    SocketRun[] run = new SocketRun[1];
    List<CompletableFuture<?>> sends = new ArrayList<>();
    FakeTarget sending =
        new FakeTarget() {
          @Override
          public void open() {
            sends.add(send(run[0], "subscribe " + sends.size()));
          }
        };
    run[0] =
        new SocketRun(
            settings(
                to -> {
                  to.onOpen = socket -> {};
                  to.resendsOnReconnect = true;
                }),
            home,
            sending);
    run[0].start();
    FakeLink broken = new FakeLink();
    broken.breaksWrites = true;
    home.handshakes.get(0).complete(broken);
    home.timer.advance(Duration.ofSeconds(1).plus(WAIT));

    assertThat(home.succeed().log()).contains("text subscribe 1");
    assertThat(sends.get(1)).isCompleted();
  }

  @Test
  void onOpenThatDoesNotReturnHoldsOtherMessagesForFiveSeconds() {
    List<String> meanwhile = new ArrayList<>();
    FakeLink link = new FakeLink();
    FakeTarget hanging =
        new FakeTarget() {
          @Override
          public void open() {
            home.timer.advance(Duration.ofSeconds(5).minusMillis(1));
            meanwhile.add("before " + link.log());
            home.timer.advance(Duration.ofMillis(1));
            meanwhile.add("after " + link.log());
          }
        };
    SocketRun run = new SocketRun(settings(to -> to.onOpen = socket -> {}), home, hanging);
    run.start();
    var unused = send(run, "waiting");
    home.handshakes.get(0).complete(link);

    assertThat(meanwhile).containsExactly("before []", "after [text waiting]");
  }

  @Test
  void cutWhileOnOpenRunsIsFollowedByAnotherConnection() {
    FakeLink first = new FakeLink();
    List<CompletableFuture<?>> late = new ArrayList<>();
    FakeTarget cutting =
        new FakeTarget() {
          @Override
          public void open() {
            super.open();
            if (home.handshakes.size() == 1) {
              first.reset();
              late.add(send(home.adopted.get(0), "about the first connection"));
            }
          }
        };
    SocketRun run = new SocketRun(settings(to -> to.onOpen = socket -> {}), home, cutting);
    run.start();
    home.handshakes.get(0).complete(first);
    home.timer.advance(WAIT);
    FakeLink second = home.succeed();

    assertThat(send(run, "x")).isCompleted();
    assertThat(second.log()).containsExactly("text x");
    Ended.failure(late.get(0), ConnectionError.class);
    assertThat(cutting.heard)
        .containsExactly("CONNECTING", "OPEN", "onOpen", "WAITING", "CONNECTING", "OPEN", "onOpen");
  }
}
