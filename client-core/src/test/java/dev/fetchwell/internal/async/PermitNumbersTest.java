package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PermitNumbersTest {

  private final AsyncBulkhead bulkhead = new AsyncBulkhead(100, new QueueLimit(100), Runnable::run);

  private Permit permit() {
    return (Permit) Objects.requireNonNull(bulkhead.acquire());
  }

  @Test
  void callsOneAfterTheOtherHaveTheSameNumber() {
    for (int i = 0; i < 5; i++) {
      Permit permit = permit();
      assertThat(permit.number()).isZero();
      permit.release();
    }
  }

  @Test
  void numberThatWasGivenBackLastIsGivenOutFirst() {
    List<Permit> permits = IntStream.range(0, 4).mapToObj(i -> permit()).toList();
    assertThat(permits).extracting(Permit::number).containsExactly(0, 1, 2, 3);
    permits.get(1).release();
    permits.get(3).release();
    permits.get(0).release();
    assertThat(IntStream.range(0, 4).mapToObj(i -> permit().number())).containsExactly(0, 3, 1, 4);
  }

  @Test
  void whoWaitsGetsTheNumberOfThePermitThatCameFree() {
    List<Permit> permits = IntStream.range(0, 100).mapToObj(i -> permit()).toList();
    Waiter waiter = (Waiter) Objects.requireNonNull(bulkhead.acquire());
    permits.get(42).release();
    assertThat(waiter.join().number()).isEqualTo(42);
  }

  @Test
  void permitThatComesBackTwiceGivesItsNumberBackOnce() {
    Permit permit = permit();
    permit.release();
    permit.release();
    assertThat(permit().number()).isZero();
    assertThat(permit().number()).isEqualTo(1);
  }

  @Test
  void noTwoAtATimeHaveTheSameNumberHoweverManyThereAre() {
    Random random = new Random(7);
    List<Permit> held = new ArrayList<>();
    List<Waiter> waiting = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int dice = random.nextInt(20);
      if (dice == 0) {
        int size = 50 + random.nextInt(100);
        bulkhead.resize(() -> size);
      } else if (dice == 1 && !waiting.isEmpty()) {
        waiting.remove(random.nextInt(waiting.size())).cancel(false);
      } else if (dice < 11) {
        AsyncBulkhead.Place place = bulkhead.acquire();
        if (place instanceof Permit permit) {
          held.add(permit);
        } else if (place instanceof Waiter waiter) {
          waiting.add(waiter);
        }
      } else if (!held.isEmpty()) {
        held.remove(random.nextInt(held.size())).release();
      }
      waiting.removeIf(
          waiter -> {
            if (waiter.isDone()) {
              held.add(waiter.join());
            }
            return waiter.isDone();
          });
      Set<Integer> numbers = new HashSet<>();
      held.forEach(permit -> assertThat(numbers.add(permit.number())).isTrue());
      assertThat(numbers).allMatch(number -> number < 200);
    }
  }
}
