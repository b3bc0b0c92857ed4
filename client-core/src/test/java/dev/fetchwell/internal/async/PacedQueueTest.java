package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Ended.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.async.PacedQueue.Answer;
import dev.fetchwell.internal.async.PacedQueue.Pass;
import dev.fetchwell.internal.async.PacedQueue.TooLate;
import dev.fetchwell.internal.async.PacedQueue.Turn;
import dev.fetchwell.internal.async.PacedQueue.Waiter;
import dev.fetchwell.testkit.ManualExecutor;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacedQueueTest {

  private static final Duration LONG = Duration.ofHours(9);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final VirtualTimer timer = new VirtualTimer();
  private final ManualExecutor executor = new ManualExecutor();
  private final EverySecond pace = new EverySecond();
  private final PacedQueue queue = new PacedQueue(pace, VirtualPlatform.of(executor, timer));

  /** One goes each second, and one that comes back frees the second of the last. */
  private static final class EverySecond implements Pace {

    private long next;

    @Override
    public boolean admits(long now) {
      return next <= now;
    }

    @Override
    public long due(long now, int waiting) {
      return next;
    }

    @Override
    public long dueBehind(long now, int waiting) {
      return next + waiting * SECOND;
    }

    @Override
    public long goes(long now, boolean waited) {
      next = Math.max(next, now) + SECOND;
      return 0;
    }

    @Override
    public void back(long stamp) {
      next -= SECOND;
    }

    @Override
    public long idleAt() {
      return next;
    }
  }

  private Turn enter() {
    return enter(LONG);
  }

  private Turn enter(Duration atMost) {
    return Objects.requireNonNull(queue.enter(atMost));
  }

  private List<Waiter> waiters(int count) {
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      waiters.add((Waiter) enter());
    }
    return waiters;
  }

  private void pass(Duration time) {
    timer.advance(time);
    executor.runAll();
  }

  @Test
  void firstGoesAtOnceAndTheOthersOneAfterTheOther() {
    assertThat(enter()).isInstanceOf(Pass.class);
    List<Waiter> waiters = waiters(3);

    for (int i = 0; i < 3; i++) {
      pass(Duration.ofMillis(999));
      assertThat(waiters.get(i)).isNotDone();
      pass(Duration.ofMillis(1));
      assertThat(waiters.get(i)).isCompleted();
    }
    assertThat(timer.pending()).isZero();
  }

  @Test
  void thereIsOneTimerForAllAndNoneForNobody() {
    enter();
    List<Waiter> waiters = waiters(100);
    assertThat(timer.pending()).isEqualTo(1);

    waiters.forEach(waiter -> waiter.cancel(false));

    assertThat(timer.pending()).isZero();
    pass(Duration.ofSeconds(1));
    assertThat(enter()).isInstanceOf(Pass.class);
  }

  @Test
  void thoseBehindMoveUpWhenThousandsLeave() {
    enter();
    List<Waiter> leaving = waiters(10_000);
    Waiter last = (Waiter) enter();
    assertThat(last.expected()).isEqualTo(Duration.ofSeconds(10_001));

    leaving.forEach(waiter -> waiter.cancel(false));
    pass(Duration.ofSeconds(1));

    assertThat(last).isCompleted();
  }

  @Test
  void nobodyGoesUnderTheTimerOrOnItsThread() {
    enter();
    Waiter waiter = (Waiter) enter();

    timer.advance(Duration.ofSeconds(1));

    assertThat(waiter).isNotDone();
    executor.runAll();
    assertThat(waiter).isCompleted();
  }

  @Test
  void whoeverWouldWaitTooLongIsToldAtOnceHowLong() {
    enter();
    waiters(2);

    assertThat(enter(Duration.ofSeconds(3))).isEqualTo(new TooLate(Duration.ofSeconds(3)));
    assertThat(queue.expectedWait()).isEqualTo(Duration.ofSeconds(3));
    assertThat(enter(Duration.ofMillis(3_001))).isInstanceOf(Waiter.class);
    assertThat(enter(Duration.ZERO)).isEqualTo(new TooLate(Duration.ofSeconds(4)));
  }

  @Test
  void passThatIsGivenBackIsTheNextOnesOnce() {
    Pass pass = (Pass) enter();
    List<Waiter> waiters = waiters(2);

    pass.cancel();
    pass.cancel();
    executor.runAll();

    assertThat(waiters.get(0)).isCompleted();
    assertThat(waiters.get(1)).isNotDone();
    pass(Duration.ofSeconds(1));
    assertThat(waiters.get(1)).isCompleted();
  }

  @Test
  void passOnItsWayToOneWhoLeftGoesToTheNext() {
    enter();
    List<Waiter> waiters = waiters(2);
    timer.advance(Duration.ofSeconds(1));
    executor.runNext();
    assertThat(executor.pending()).isEqualTo(1);

    waiters.get(0).cancel(false);
    executor.runAll();

    assertThat(waiters.get(0)).isCancelled();
    assertThat(waiters.get(1)).isCompleted();
  }

  @Test
  void timerThatTakesNoTaskIsToldToWhoCame() {
    enter();
    timer.reject(true);

    assertThatThrownBy(this::enter).isInstanceOf(RejectedExecutionException.class);

    timer.reject(false);
    Waiter waiter = (Waiter) enter();
    pass(Duration.ofSeconds(1));
    assertThat(waiter).isCompleted();
  }

  @Test
  void timerThatTakesNoFurtherTaskEndsAllWhoWait() {
    enter();
    List<Waiter> waiters = waiters(3);
    timer.advance(Duration.ofSeconds(1));
    timer.reject(true);

    executor.runAll();

    assertThat(waiters.get(0)).isCompleted();
    failure(waiters.get(1), RejectedExecutionException.class);
    failure(waiters.get(2), RejectedExecutionException.class);
  }

  @Test
  void slowerPaceTellsThoseWhoWouldWaitTooLong() {
    enter();
    Waiter patient = (Waiter) enter(LONG);
    Waiter hasty = (Waiter) enter(Duration.ofSeconds(5));

    assertThat(queue.change(now -> pace.next = now + 60 * SECOND)).isTrue();
    executor.runAll();

    assertThat(hasty).isCompletedWithValue(new TooLate(Duration.ofSeconds(60)));
    pass(Duration.ofSeconds(59));
    assertThat(patient).isNotDone();
    pass(Duration.ofSeconds(1));
    assertThat(patient.join()).isInstanceOf(Pass.class);
    assertThat(timer.pending()).isZero();
  }

  @Test
  void fasterPaceIsFollowedAtOnce() {
    enter();
    Waiter waiter = (Waiter) enter();

    assertThat(queue.change(now -> pace.next = now)).isTrue();
    executor.runAll();

    Answer answer = waiter.join();
    assertThat(answer).isInstanceOf(Pass.class);
  }

  @Test
  void queueIsRetiredOnlyWhenNobodyWaitsAndNothingIsRemembered() {
    enter();
    assertThat(queue.retire(true)).isFalse();
    Waiter waiter = (Waiter) enter();
    assertThat(queue.retire(false)).isFalse();
    waiter.cancel(false);
    pass(Duration.ofSeconds(1));

    assertThat(queue.retire(true)).isTrue();
    assertThat(queue.enter(LONG)).isNull();
    assertThat(queue.change(now -> {})).isFalse();
  }

  @Test
  void manyKeysAreForgottenWhenTheyHaveNothingToRemember() {
    PacedQueues<EverySecond> queues =
        new PacedQueues<>(100_000, EverySecond::new, VirtualPlatform.of(executor, timer));
    for (int i = 0; i < 100_000; i++) {
      assertThat(queues.enter("host" + i, LONG)).isInstanceOf(Pass.class);
      if (i % 100 == 0) {
        timer.advance(Duration.ofMillis(200));
      }
    }
    assertThat(queues.remembered()).isLessThan(3_000);
  }

  @Test
  void noMoreThanABoundedNumberOfKeysIsRememberedAndThoseWithWaitersStay() {
    PacedQueues<EverySecond> queues =
        new PacedQueues<>(2_000, EverySecond::new, VirtualPlatform.of(executor, timer));
    queues.enter("waiting", LONG);
    Waiter waiter = (Waiter) queues.enter("waiting", LONG);
    for (int i = 0; i < 50_000; i++) {
      assertThat(queues.enter("host" + i, LONG)).isInstanceOf(Pass.class);
    }
    assertThat(queues.remembered()).isLessThanOrEqualTo(2_000);
    assertThat(queues.known("waiting")).isNotNull();
    pass(Duration.ofSeconds(1));
    assertThat(waiter).isCompleted();
  }
}
