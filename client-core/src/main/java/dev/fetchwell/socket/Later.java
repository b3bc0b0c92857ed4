package dev.fetchwell.socket;

import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.async.Delay;
import dev.fetchwell.internal.async.Guard;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** Something to be done after a delay. */
final class Later {

  private Later() {}

  /**
   * Does it on a call thread, unless it is cancelled.
   *
   * @param failed is told if there is no thread for the timer: better to end than never to go on
   */
  static Cancellable after(Delay delay, Runnable task, Consumer<Throwable> failed) {
    var unused =
        delay.whenComplete(
            (done, thrown) -> {
              if (thrown == null) {
                Guard.run(task);
              } else if (!(thrown instanceof CancellationException)) {
                failed.accept(thrown);
              }
            });
    delay.arm();
    return delay;
  }
}
