package dev.fetchwell.internal.async;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Threads, time and randomness: what the library takes from the machine, and what a test replaces.
 *
 * @param threads where calls run
 * @param continuations where that goes on which a timeout ended: here, but never on a thread of the
 *     timer's
 * @param timer time
 * @param clock the date, for {@code Retry-After} and for what expires by date
 * @param random where jitter comes from; thread-safe
 */
public record Platform(
    Executor threads,
    Executor continuations,
    Timer timer,
    InstantSource clock,
    RandomGenerator random) {

  private static final Duration SOON = Duration.ofMillis(10);

  private static final class Machine {

    private static final Timer TIMER = new SystemTimer();
    private static final Platform PLATFORM =
        new Platform(
            CallThreads.shared(),
            Machine::offTheTimer,
            TIMER,
            InstantSource.system(),
            new Random());

    /** On platform threads also where calls are virtual: those may compute on all carriers. */
    private static void offTheTimer(Runnable task) {
      if (SystemTimer.isOwnThread()) {
        executeOrSoon(CallThreads.platformThreads(), TIMER, task);
      } else {
        task.run();
      }
    }
  }

  /** The machine's own, shared by the whole process. */
  public static Platform system() {
    return Machine.PLATFORM;
  }

  /** One for a test: all that runs does so on these threads, and jitter is the same each time. */
  public static Platform repeatable(Executor threads, Timer timer, InstantSource clock, long seed) {
    return new Platform(threads, threads, timer, clock, new Random(seed));
  }

  /** Runs a task on a call thread; a little later if the machine has none at the moment. */
  public void execute(Runnable task) {
    executeOrSoon(threads, timer, task);
  }

  /**
   * Runs a task on a call thread that does no more than pass a call on, such as with a permit that
   * came free: the exchange of the call that it {@linkplain CallThread#offer offers} its thread to
   * runs on that, right after it.
   */
  public void passOn(Runnable task) {
    execute(CallThread.passingOn(task));
  }

  /**
   * Runs a call's exchange on a call thread: on this one, where it is about to be free.
   *
   * @throws RuntimeException if there is no thread
   */
  public void takeOver(Object call, Runnable exchange) {
    if (!CallThread.takes(call, exchange)) {
      threads.execute(exchange);
    }
  }

  private static void executeOrSoon(Executor executor, Timer timer, Runnable task) {
    try {
      executor.execute(task);
    } catch (Throwable noThread) {
      // Out of threads or memory for the moment: what a call waits for must not get lost for that.
      Cancellable unused = timer.schedule(SOON, () -> executeOrSoon(executor, timer, task));
    }
  }

  /** Runs foreign code that only watches: guarded, and on no thread of the timer's. */
  public void tell(Runnable watcher) {
    continuations.execute(() -> Guard.run(watcher));
  }

  /**
   * Limits the time of a future. When it is over, the future gives up what is behind it on the
   * timer's thread and completes, with the error, on another.
   *
   * @param error is made when the time is over
   */
  public void limit(CallFuture<?> future, Duration time, Supplier<? extends Throwable> error) {
    future.limitedBy(new Alarm(timer, time, () -> future.expire(error, continuations)));
  }

  /**
   * Limits the time of a future as above, where that time moves on with what happens.
   *
   * @param leftNow the nanoseconds that are left now
   * @param left the nanoseconds that are left when it is asked: when those before should be over,
   *     so that what happens meanwhile need not touch the timer. Asked on the timer's thread, so it
   *     must be quick.
   */
  public void limit(
      CallFuture<?> future, long leftNow, LongSupplier left, Supplier<? extends Throwable> error) {
    Runnable over = () -> future.expire(error, continuations);
    future.limitedBy(Alarm.moving(timer, leftNow, left, over));
  }

  /** A span of time that begins when it is armed. */
  public Delay delay(Duration length) {
    return new Delay(this, length);
  }
}
