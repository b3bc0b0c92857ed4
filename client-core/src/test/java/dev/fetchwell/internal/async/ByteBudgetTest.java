package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.async.ByteBudget.Share;
import dev.fetchwell.testkit.Awaited;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A budget of 100 of which 20 are the reserve, unless a test says otherwise. */
class ByteBudgetTest {

  private final ByteBudget budget = new ByteBudget(100, 20);

  @Test
  void roomIsTakenUntilTheCommonPartIsGone() {
    Share first = budget.share();
    assertThat(first.take(50)).isTrue();
    assertThat(first.take(30)).isTrue();
    assertThat(budget.held()).isEqualTo(80);
    first.cancel();
    assertThat(budget.held()).isZero();
  }

  @Test
  void theFirstWithoutRoomGetsTheReserveAndNeverWaits() {
    Share other = taking(75);
    Share first = budget.share();
    assertThat(first.take(10)).isTrue();
    assertThat(first.take(10)).isTrue();
    assertThat(first.take(1_000)).as("its limit is its own affair").isTrue();
    assertThat(budget.share().take(5)).as("what is common stays common").isTrue();
    assertThat(other.take(5)).isFalse();
  }

  @Test
  void whatTheOneAtTheReserveHadBeforeIsCommonAgain() {
    Share first = taking(40);
    Share second = taking(40);
    assertThat(first.take(10)).as("gets the reserve").isTrue();
    assertThat(second.take(40)).as("gets what the first had").isTrue();
    assertThat(second.take(1)).isFalse();
    assertThat(budget.held()).isEqualTo(130);
  }

  @Test
  void roomAndReserveGoToThoseWhoWaitInTheirOrder() throws Exception {
    Share common = taking(80);
    Share atReserve = taking(20);
    List<Share> line = IntStream.range(0, 4).mapToObj(i -> budget.share()).toList();
    assertThat(line).noneMatch(share -> share.take(50));

    atReserve.cancel();
    line.get(0).await();
    assertThat(budget.held()).isEqualTo(80 + 50);
    line.get(0).cancel();
    line.get(1).await();

    common.cancel();
    line.get(2).await();
    assertThat(budget.held()).isEqualTo(50 + 50);
    line.get(2).cancel();
    line.get(3).await();
  }

  @Test
  void nobodyOvertakesOneThatWaits() throws Exception {
    Share common = taking(79);
    Share atReserve = taking(20);
    Share waiting = budget.share();
    assertThat(waiting.take(30)).isFalse();
    Share small = budget.share();
    assertThat(small.take(1)).as("would fit, but comes later").isFalse();

    common.keep(40);
    waiting.await();
    small.await();
    assertThat(budget.held()).isEqualTo(40 + 20 + 30 + 1);
    atReserve.cancel();
  }

  @Test
  void oneThatIsGivenUpWhileItWaitsGivesAllBackAndLetsTheNextGoOn() throws Exception {
    Share common = taking(70);
    Share atReserve = taking(20);
    Share givenUp = budget.share();
    assertThat(givenUp.take(5)).isTrue();
    assertThat(givenUp.take(50)).isFalse();
    Share next = budget.share();
    assertThat(next.take(10)).isFalse();

    givenUp.cancel();
    next.await();
    assertThatThrownBy(givenUp::await).isInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> givenUp.take(1)).isInstanceOf(CancellationException.class);
    common.cancel();
    atReserve.cancel();
    next.cancel();
    next.cancel();
    assertThat(budget.held()).isZero();
  }

  @Test
  void threadThatWaitsIsTold() {
    Share common = taking(80);
    taking(20);
    Share granted = budget.share();
    Share cancelled = budget.share();
    assertThat(granted.take(10)).isFalse();
    assertThat(cancelled.take(80)).isFalse();
    CompletableFuture<Void> first = awaiting(granted);
    CompletableFuture<Void> second = awaiting(cancelled);

    common.cancel();
    Awaited.value(first.thenApply(none -> "went on"));
    cancelled.cancel();
    assertThat(CallFuture.unwrap(Awaited.error(second))).isInstanceOf(CancellationException.class);
  }

  @Test
  void smallReadersShareHalfOfATightBudget() {
    ByteBudget tight = new ByteBudget(10, 20);
    List<Share> small = IntStream.range(0, 5).mapToObj(i -> tight.share()).toList();
    assertThat(small).allMatch(share -> share.take(1));
    assertThat(tight.share().take(20)).as("at the reserve").isTrue();
  }

  /** Many half-read bodies in a random order of steps, some given up: each ends. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void halfReadBodiesDoNotLockEachOtherOut(int seed) {
    Random random = new Random(seed);
    List<Reading> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(new Reading(budget.share(), 1 + random.nextInt(20)));
    }
    while (!all.isEmpty()) {
      // The one at the reserve, or one that still finds room: without any, this is a deadlock.
      List<Reading> able = all.stream().filter(Reading::isAble).toList();
      assertThat(able).isNotEmpty();
      Reading next = able.get(random.nextInt(able.size()));
      boolean givenUp = random.nextInt(50) == 0;
      if (givenUp) {
        next.share.cancel();
      }
      if (givenUp || next.readsOnToItsEnd()) {
        all.remove(next);
      }
      assertThat(budget.held()).isLessThanOrEqualTo(100);
    }
    assertThat(budget.held()).isZero();
  }

  private static final class Reading {

    private final Share share;
    private int left;

    private Reading(Share share, int length) {
      this.share = share;
      this.left = length;
    }

    private boolean isAble() {
      return !share.isWaiting();
    }

    private boolean readsOnToItsEnd() {
      if (left == 0) {
        share.cancel();
        return true;
      }
      left--;
      boolean unused = share.take(1);
      return false;
    }
  }

  private Share taking(long bytes) {
    Share share = budget.share();
    assertThat(share.take(bytes)).isTrue();
    return share;
  }

  private static CompletableFuture<Void> awaiting(Share share) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            share.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        },
        task -> new Thread(task).start());
  }
}
