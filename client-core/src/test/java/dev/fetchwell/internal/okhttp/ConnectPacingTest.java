package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.okhttp.ConnectPacing.End;
import dev.fetchwell.internal.okhttp.ConnectPacing.News;
import dev.fetchwell.internal.okhttp.ConnectPacing.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Two at a time, where nothing else is said. */
class ConnectPacingTest {

  private static final String HOST = "a:80";

  private final ConnectPacing pacing = new ConnectPacing(2);

  private Turn enter() {
    return pacing.enter(HOST, true);
  }

  @Test
  void turnsAreGivenInOrderAsThoseBeforeEnd() {
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      turns.add(enter());
    }
    assertThat(turns.stream().map(Turn::isTaken).toList())
        .containsExactly(true, true, false, false, false, false);

    turns.get(1).end(End.UNUSED);
    turns.get(1).end(End.UNUSED);
    assertThat(turns.get(2).isTaken()).isTrue();
    assertThat(turns.get(3).isTaken()).isFalse();
    turns.forEach(turn -> turn.end(End.UNUSED));
    assertThat(enter().isTaken()).isTrue();
    assertThat(enter().isTaken()).isTrue();
    assertThat(enter().isTaken()).isFalse();
  }

  @Test
  void placeThatIsGivenUpGoesToTheNext() {
    Turn first = enter();
    enter();
    Turn givenUp = enter();
    Turn next = enter();
    givenUp.end(End.UNUSED);
    first.end(End.UNUSED);
    assertThat(next.isTaken()).isTrue();
    assertThatThrownBy(givenUp::await).isInstanceOf(CancellationException.class);
  }

  @Test
  void hostsDoNotWaitForEachOther() {
    enter();
    enter();
    enter();
    assertThat(pacing.enter("b:80", true).isTaken()).isTrue();
  }

  @Test
  void whoWaitsLongestLooksForAConnectionThatCameFreeAndKeepsItsPlace() throws Exception {
    Turn connecting = enter();
    enter();
    Turn own = pacing.enter(HOST, false);
    Turn first = enter();
    Turn second = enter();

    pacing.connectionFree(HOST);
    assertThat(first.await()).isEqualTo(News.LOOK);
    pacing.connectionFree(HOST);
    pacing.connectionFree(HOST);
    assertThat(first.await()).isEqualTo(News.LOOK);
    assertThat(second.await()).isEqualTo(News.LOOK);

    connecting.end(End.UNUSED);
    assertThat(own.await()).isEqualTo(News.TURN);
    own.end(End.UNUSED);
    assertThat(first.await()).isEqualTo(News.TURN);
    assertThat(second.isTaken()).isFalse();
  }

  @Test
  void oneThatEndsBeforeItLooksHasTheNextLook() throws Exception {
    enter();
    enter();
    Turn first = enter();
    Turn second = enter();
    pacing.connectionFree(HOST);
    first.end(End.UNUSED);
    assertThat(second.await()).isEqualTo(News.LOOK);
  }

  @Test
  void allLookForAConnectionThatIsShared() throws Exception {
    enter();
    enter();
    List<Turn> waiting = List.of(enter(), enter(), enter());
    pacing.connectionShared("b:80");
    pacing.connectionShared(HOST);
    for (Turn turn : waiting) {
      assertThat(turn.await()).isEqualTo(News.LOOK);
    }
  }

  /** As many as are at once, and the one that has to wait. */
  private static List<Turn> fill(ConnectPacing pacing) {
    List<Turn> turns = new ArrayList<>();
    do {
      turns.add(pacing.enter(HOST, true));
    } while (turns.get(turns.size() - 1).isTaken());
    return turns;
  }

  @Test
  void eachThatConnectsAllowsForOneMoreUpToTheMost() {
    ConnectPacing adaptive = new ConnectPacing(100);
    List<Turn> turns = fill(adaptive);
    assertThat(turns).hasSize(ConnectPacing.FIRST + 1);
    for (int i = 0; i < 10; i++) {
      turns.get(i).end(End.CONNECTED);
    }
    // 54 go on, and the one that waited.
    turns.addAll(fill(adaptive));
    assertThat(turns.stream().filter(Turn::isTaken).count()).isEqualTo(10 + 64 + 10);
    for (int i = 10; i < turns.size(); i++) {
      turns.get(i).end(End.CONNECTED);
    }
    adaptive.enter(HOST, true).end(End.UNUSED);
    assertThat(fill(adaptive)).hasSize(ConnectPacing.FIRST + 1);
  }

  @Test
  void neverMoreThanTheMost() {
    ConnectPacing adaptive = new ConnectPacing(66);
    Turn holds = adaptive.enter(HOST, true);
    for (int i = 0; i < 1_000; i++) {
      adaptive.enter(HOST, true).end(End.CONNECTED);
    }
    assertThat(fill(adaptive)).hasSize(66);
    holds.end(End.UNUSED);
  }

  @Test
  void thoseThatFailTogetherHalveTheNumberOnce() {
    ConnectPacing adaptive = new ConnectPacing(512);
    List<Turn> turns = fill(adaptive);
    Turn stays = turns.get(0);
    for (int i = 1; i < 40; i++) {
      turns.get(i).end(End.FAILED);
    }
    // 25 of the first are left; with the one that waited 26, of 32.
    assertThat(turns.get(64).isTaken()).isTrue();
    List<Turn> later = fill(adaptive);
    assertThat(later).hasSize(6 + 1);

    later.get(0).end(End.FAILED);
    assertThat(later.get(6).isTaken()).isFalse();
    for (int i = 40; i < 65; i++) {
      turns.get(i).end(End.UNUSED);
    }
    // 6 are left with the one that stays, of 16, before the one that waited.
    assertThat(later.get(6).isTaken()).isTrue();
    assertThat(fill(adaptive)).hasSize(16 - 7 + 1);
    stays.end(End.UNUSED);
  }

  @Test
  void oneAtATimeIsAlwaysLet() {
    ConnectPacing adaptive = new ConnectPacing(512);
    List<Turn> turns = new ArrayList<>(fill(adaptive));
    for (int i = 0; i < turns.size() && i < 200; i++) {
      turns.add(adaptive.enter(HOST, true));
      turns.get(i).end(End.FAILED);
    }
    List<Turn> left = turns.subList(200, turns.size());
    assertThat(left.stream().filter(Turn::isTaken).count()).isEqualTo(1);
    for (Turn turn : left) {
      assertThat(turn.isTaken()).isTrue();
      turn.end(End.UNUSED);
    }
  }
}
