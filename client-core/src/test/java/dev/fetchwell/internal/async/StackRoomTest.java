package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;

final class StackRoomTest {

  private static final long STACK = 4 << 20;

  private boolean hasRoom;
  private int deepestWithRoom;
  private int deepest;

  /** Also once it is compiled, when a frame has what its code needs, and no more. */
  @RepeatedTest(5)
  void whatFindsRoomHasTwentyKilobytes() throws InterruptedException {
    Thread thread = new Thread(null, this::look, "deep", STACK);
    thread.start();
    thread.join();

    long frame = STACK / deepest;
    assertThat((deepest - deepestWithRoom) * frame).isBetween(20L << 10, 200L << 10);
  }

  private void look() {
    for (int i = 0; i < 20_000; i++) {
      StackRoom.check();
    }
    for (int i = 0; i < 5; i++) {
      hasRoom = true;
      try {
        dive(1);
      } catch (StackOverflowError expected) {
        assertThat(deepest).isPositive();
      }
    }
  }

  @SuppressWarnings("InfiniteRecursion") // Until the stack overflows.
  private void dive(int depth) {
    deepest = depth;
    if (hasRoom) {
      try {
        StackRoom.check();
        deepestWithRoom = depth;
      } catch (StackOverflowError none) {
        hasRoom = false;
      }
    }
    dive(depth + 1);
  }
}
