package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.okhttp.ConnectPacing.News;
import dev.fetchwell.internal.okhttp.ConnectPacing.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Two at a time. */
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

    turns.get(1).end();
    turns.get(1).end();
    assertThat(turns.get(2).isTaken()).isTrue();
    assertThat(turns.get(3).isTaken()).isFalse();
    turns.forEach(Turn::end);
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
    givenUp.end();
    first.end();
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

    connecting.end();
    assertThat(own.await()).isEqualTo(News.TURN);
    own.end();
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
    first.end();
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
}
