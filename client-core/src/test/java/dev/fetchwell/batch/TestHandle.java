package dev.fetchwell.batch;

import static dev.fetchwell.testkit.Sneaky.sneaky;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A value that holds something until it is closed, and counts how often that was. */
final class TestHandle implements AutoCloseable {

  private final AtomicInteger closes = new AtomicInteger();
  private final @Nullable Throwable refusal;

  TestHandle() {
    this(null);
  }

  /** One that throws when it is closed. */
  TestHandle(@Nullable Throwable refusal) {
    this.refusal = refusal;
  }

  int closes() {
    return closes.get();
  }

  @Override
  public void close() {
    closes.incrementAndGet();
    if (refusal != null) {
      throw sneaky(refusal);
    }
  }
}
