package dev.fetchwell.internal.pipeline;

import dev.fetchwell.internal.concurrent.Ending;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;

/** An open body whose chunks are given beforehand; a step may also throw or let time pass. */
final class TestBody implements OpenBody {

  private final Deque<Object> steps = new ArrayDeque<>();
  private final Ending ending = new Ending();
  private int reads;
  private boolean cancelled;

  TestBody(String... chunks) {
    steps.addAll(List.of(chunks));
  }

  /** What the next read does in place of reading. */
  TestBody then(IntSupplier step) {
    steps.add(step);
    return this;
  }

  int reads() {
    return reads;
  }

  boolean cancelled() {
    return cancelled;
  }

  void end() {
    ending.end();
  }

  @Override
  public int read(byte[] target) {
    reads++;
    Object step = steps.poll();
    if (step instanceof IntSupplier custom) {
      return custom.getAsInt();
    }
    if (step == null || cancelled) {
      ending.end();
      return -1;
    }
    byte[] bytes = ((String) step).getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, target, 0, bytes.length);
    return bytes.length;
  }

  @Override
  public void cancel() {
    cancelled = true;
    ending.end();
  }

  @Override
  public void whenEnded(Runnable action) {
    ending.whenEnded(action);
  }
}
