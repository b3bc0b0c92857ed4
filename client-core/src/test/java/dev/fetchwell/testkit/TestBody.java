package dev.fetchwell.testkit;

import dev.fetchwell.internal.async.EndActions;
import dev.fetchwell.internal.pipeline.OpenBody;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;

/** An open body whose chunks are given beforehand; a step may also throw or let time pass. */
public final class TestBody implements OpenBody {

  private final Deque<Object> steps = new ArrayDeque<>();
  private final EndActions atTheEnd = new EndActions();
  private int reads;
  private boolean cancelled;

  /** A body of these chunks. */
  public TestBody(String... chunks) {
    steps.addAll(List.of(chunks));
  }

  /** What the next read does in place of reading. */
  public TestBody then(IntSupplier step) {
    steps.add(step);
    return this;
  }

  /** How often it was read. */
  public int reads() {
    return reads;
  }

  /** Whether it was given up. */
  public boolean cancelled() {
    return cancelled;
  }

  /** Ends it as if it had been read to its end. */
  public void end() {
    atTheEnd.run();
  }

  @Override
  public int read(byte[] target) {
    reads++;
    Object step = steps.poll();
    if (step instanceof IntSupplier custom) {
      return custom.getAsInt();
    }
    if (step == null || cancelled) {
      atTheEnd.run();
      return -1;
    }
    byte[] bytes = ((String) step).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, target, 0, bytes.length);
    return bytes.length;
  }

  @Override
  public void cancel() {
    cancelled = true;
    atTheEnd.run();
  }

  @Override
  public void whenEnded(Runnable action) {
    atTheEnd.add(action);
  }
}
