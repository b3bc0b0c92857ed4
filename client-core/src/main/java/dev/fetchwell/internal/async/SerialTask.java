package dev.fetchwell.internal.async;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Work that one thread at a time does, and that is done once more after each time it was asked for;
 * whoever asks while another thread is at it need not wait.
 */
public final class SerialTask {

  private final Runnable work;

  /** How often the work was asked for since it was last begun; zero if nobody is at it. */
  private final AtomicLong asked = new AtomicLong();

  /**
   * Creates a task.
   *
   * @param work what it throws is logged
   */
  public SerialTask(Runnable work) {
    this.work = work;
  }

  /** Does the work, unless somebody is at it, who then does it again. */
  public void run() {
    if (ask()) {
      work();
    }
  }

  /** Asks for the work; if true, the caller must see to it that somebody calls {@link #work}. */
  public boolean ask() {
    return asked.getAndIncrement() == 0;
  }

  /** Does the work until nobody has asked for more. */
  public void work() {
    long seen = asked.get();
    while (seen != 0) {
      Guard.run(work);
      seen = asked.addAndGet(-seen);
    }
  }
}
