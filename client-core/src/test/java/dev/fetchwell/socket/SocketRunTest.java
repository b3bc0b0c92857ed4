package dev.fetchwell.socket;

import static dev.fetchwell.socket.SocketRig.WAIT;
import static dev.fetchwell.socket.SocketRig.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.SocketClosedError;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.testkit.Ended;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When a socket connects, stays and connects again, on virtual time. */
class SocketRunTest {

  private final SocketRig rig = new SocketRig();
  private final FakeHome home = rig.home;
  private final FakeTarget target = rig.target;

  @Test
  void connectionThatIsLostIsFollowedByAnotherAfterTheBackoff() {
    SocketRun run = rig.start();
    home.succeed().reset();

    assertThat(run.state()).isEqualTo(SocketState.WAITING);
    home.timer.advance(WAIT.minusMillis(1));
    assertThat(home.handshakes).hasSize(1);
    home.timer.advance(Duration.ofMillis(1));
    FakeLink second = home.succeed();
    second.text("hello");

    assertThat(target.heard)
        .containsExactly("CONNECTING", "OPEN", "WAITING", "CONNECTING", "OPEN", "hello");
    assertThat(run.lastError()).isInstanceOf(ConnectionError.class);
  }

  @Test
  void missedPongIsALostConnection() {
    SocketRun run = rig.start(to -> to.heartbeat = Duration.ofSeconds(15));
    FakeLink link = home.succeed();
    home.timer.advance(Duration.ofSeconds(15));
    assertThat(link.log()).containsExactly("ping");
    link.peer().pong();
    home.timer.advance(Duration.ofSeconds(15));
    assertThat(run.state()).isEqualTo(SocketState.OPEN);

    home.timer.advance(Duration.ofSeconds(15));

    assertThat(run.state()).isEqualTo(SocketState.WAITING);
    assertThat(link.cancelled).isTrue();
    assertThat(run.lastError()).hasMessageContaining("no pong within PT15S");
  }

  @Test
  void largeMessageThatIsUnderWayIsASignOfLife() {
    SocketRun run = rig.start(to -> to.heartbeat = Duration.ofSeconds(15));
    FakeLink link = home.succeed();
    link.midFrame = true;
    for (int i = 0; i < 10; i++) {
      link.moved++;
      home.timer.advance(Duration.ofSeconds(15));
    }
    assertThat(run.state()).isEqualTo(SocketState.OPEN);

    home.timer.advance(Duration.ofSeconds(15));

    assertThat(run.state()).isEqualTo(SocketState.WAITING);
  }

  @Test
  void backoffGrowsUntilAConnectionHasBeenUpForLong() {
    rig.start(to -> to.backoff = Backoff.exponential(WAIT, Duration.ofHours(1)).withoutJitter());
    home.failToConnect();
    assertNextIn(WAIT);
    home.succeed().reset();
    assertNextIn(WAIT.multipliedBy(2));
    FakeLink link = home.succeed();
    home.timer.advance(Duration.ofSeconds(9));
    link.reset();
    assertNextIn(WAIT.multipliedBy(4));
    link = home.succeed();
    home.timer.advance(Duration.ofSeconds(10));
    link.reset();
    assertNextIn(WAIT);
  }

  private void assertNextIn(Duration delay) {
    assertThat(home.timer.nextIn()).contains(delay);
    home.timer.advance(delay);
  }

  @Test
  void retryAfterIsWaitedForUpToItsCapAndSpreadByTheBackoff() {
    rig.start(to -> to.retryAfterCap = Duration.ofMinutes(1));
    home.fail(FakeHome.status(503, Duration.ofSeconds(30)));
    assertNextIn(WAIT.plusSeconds(30));
    home.fail(FakeHome.status(429, Duration.ofHours(30)));
    assertNextIn(WAIT.plusSeconds(60));
  }

  @Test
  void closeOfThePeersIsAnsweredWithItsCode() {
    SocketRun run = rig.start();
    FakeLink link = home.succeed();
    link.peer().closed(1001, "restart");

    assertThat(run.state()).isEqualTo(SocketState.WAITING);
    assertThat(link.log()).containsExactly("close 1001");
    assertThat(link.cancelled).isTrue();
    SocketClosedError error = (SocketClosedError) Objects.requireNonNull(run.lastError());
    assertThat(error.code()).isEqualTo(1001);
    assertThat(error.reason()).isEqualTo("restart");
    assertThat(error).hasMessageContaining("going away").hasMessageNotContaining("restart");
  }

  @Test
  void closeCodesCanBeSetToEndItOrNot() {
    SocketRun run =
        rig.start(to -> to.closeCodes = to.closeCodes.endingOn(4001).reconnectingOn(1008));
    home.succeed().close(1008);
    home.timer.advance(WAIT);
    home.succeed().close(4001);

    SocketClosedError error = Ended.failure(run.ending().whenClosed(), SocketClosedError.class);
    assertThat(error.code()).isEqualTo(4001);
  }

  @Test
  void thousandSocketsCutAtOnceComeBackSpreadOverTheJitter() {
    int sockets = 1_000;
    Duration window = Duration.ofSeconds(10);
    List<FakeLink> cut = new ArrayList<>();
    for (int i = 0; i < sockets; i++) {
      new SocketRun(
              settings(to -> to.backoff = Backoff.exponential(window, window).withFullJitter()),
              home,
              new FakeTarget())
          .start();
      cut.add(home.succeed());
    }
    cut.forEach(FakeLink::reset);

    int before = home.handshakes.size();
    List<Integer> perSecond = new ArrayList<>();
    for (int second = 0; second < window.toSeconds(); second++) {
      home.timer.advance(Duration.ofSeconds(1));
      perSecond.add(home.handshakes.size() - before);
      before = home.handshakes.size();
    }

    assertThat(home.handshakes).hasSize(2 * sockets);
    assertThat(perSecond).allSatisfy(count -> assertThat(count).isBetween(60, 140));
  }
}
