package dev.fetchwell.batch;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Work that one thread at a time does, and that is done once more after each time it was asked for;
 * whoever asks while another thread is at it need not wait.
 */
final class Turn {

  private final Runnable work;

  /** How often the work was asked for since it was last begun; zero if nobody is at it. */
  private final AtomicLong asked = new AtomicLong();

  /**
   * Creates a turn.
   *
   * @param work must not throw
   */
  Turn(Runnable work) {
    this.work = work;
  }

  /** Does the work, unless somebody is at it, who then does it again. */
  void run() {
    if (ask()) {
      take();
    }
  }

  /** Asks for the work; if true, the caller must see to it that somebody calls {@link #take}. */
  boolean ask() {
    return asked.getAndIncrement() == 0;
  }

  /** Does the work until nobody has asked for more. */
  void take() {
    long seen = asked.get();
    while (seen != 0) {
      work.run();
      seen = asked.addAndGet(-seen);
    }
  }
}
