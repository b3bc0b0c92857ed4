package dev.fetchwell.internal.async;

import static dev.fetchwell.testkit.Sneaky.sneaky;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A pull of what the test puts in; blocks until there is something. */
final class TestPull implements Pull<String> {

  /** The end. */
  static final String END = "<end>";

  private static final String CANCELLED = "<cancelled>";

  private final BlockingQueue<Object> given = new LinkedBlockingQueue<>();
  private final AtomicInteger pulled = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();

  /** Values, {@link #END} or throwables. */
  TestPull give(Object... what) {
    given.addAll(List.of(what));
    return this;
  }

  /** How often the next one was asked for. */
  int pulled() {
    return pulled.get();
  }

  boolean isCancelled() {
    return cancels.get() > 0;
  }

  @Override
  public @Nullable String next() {
    pulled.incrementAndGet();
    Object next;
    try {
      next = given.take();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    if (next.equals(CANCELLED)) {
      throw new CancellationException();
    }
    if (next instanceof Throwable thrown) {
      throw sneaky(thrown);
    }
    return next.equals(END) ? null : (String) next;
  }

  @Override
  public void cancel() {
    cancels.incrementAndGet();
    given.add(CANCELLED);
  }
}
