package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * As {@link BulkheadModelCheckTest}, while the one permit is also taken away and given again. Not
 * more than one, for the reason given there.
 */
@Tag("lincheck")
public class ResizedBulkheadModelCheckTest {

  private static final int THREADS = 3;

  @Test
  void everyInterleavingIsLikeSomeSequence() {
    options(20).check(Real.class);
  }

  @Test
  void mutantThatRaisesInTwoStepsIsCaught() {
    assertThatThrownBy(() -> options(50).check(RaisesInTwoSteps.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options(int iterations) {
    return new ModelCheckingOptions()
        .iterations(iterations)
        .invocationsPerIteration(500)
        .threads(THREADS)
        .actorsBefore(0)
        .actorsPerThread(2)
        .actorsAfter(2)
        .sequentialSpecification(Sequential.class)
        .minimizeFailedScenario(false);
  }

  /** AsyncBulkhead itself. Each thread has a line of tickets and leaves with its oldest. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Real {

    private final AsyncBulkhead bulkhead = new AsyncBulkhead(1, new QueueLimit(100), Runnable::run);
    private final List<Deque<Place>> tickets = lines();

    /** Begins in the midst of it: one thread has the permit, another waits. */
    public Real() {
      come(1);
      come(2);
    }

    /** Comes for a permit. */
    @Operation
    public final String come(@Param(name = "thread") int thread) {
      Place ticket = Objects.requireNonNull(bulkhead.acquire());
      tickets.get(thread).add(ticket);
      return ticket instanceof Permit ? "granted" : "queued";
    }

    /** Cancels the thread's oldest ticket, or gives its permit back. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      Place ticket = tickets.get(thread).poll();
      if (ticket == null) {
        return "nothing";
      }
      if (ticket instanceof Waiter waiter) {
        if (waiter.cancel(false)) {
          return "cancelled";
        }
        waiter.join().release();
      } else if (ticket instanceof Permit permit) {
        permit.release();
      }
      return "released";
    }

    /** There is no permit any longer; one that is out stays out. */
    @Operation
    public void lower() {
      bulkhead.resize(() -> 0);
    }

    /** There is one again. */
    @Operation
    public void raise() {
      bulkhead.resize(() -> 1);
    }
  }

  /** Its difference is computed before the lock is taken: two that raise at a time add two. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class RaisesInTwoSteps {

    private final ReentrantLock lock = new ReentrantLock();
    private final Sequential model = new Sequential();

    /** For Lincheck. */
    public RaisesInTwoSteps() {}

    /** Comes for a permit. */
    @Operation
    public final String come(@Param(name = "thread") int thread) {
      lock.lock();
      try {
        return model.come(thread);
      } finally {
        lock.unlock();
      }
    }

    /** Cancels the thread's oldest ticket, or gives its permit back. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      lock.lock();
      try {
        return model.leave(thread);
      } finally {
        lock.unlock();
      }
    }

    /** There is no permit any longer. */
    @Operation
    public void lower() {
      lock.lock();
      try {
        model.lower();
      } finally {
        lock.unlock();
      }
    }

    /** There is one again. */
    @Operation
    public void raise() {
      int more = 1 - model.limit;
      lock.lock();
      try {
        model.limit += more;
        model.serve();
      } finally {
        lock.unlock();
      }
    }
  }

  /** What a bulkhead does when nothing runs at the same time. */
  public static class Sequential {

    private final List<Deque<Object>> tickets = lines();
    private final Deque<Object> line = new ArrayDeque<>();
    private int limit = 1;
    private int out;

    /** Begins like the others. */
    public Sequential() {
      come(1);
      come(2);
    }

    /** Comes for a permit. */
    public final String come(int thread) {
      Object ticket = new Object();
      tickets.get(thread).add(ticket);
      line.add(ticket);
      serve();
      return line.contains(ticket) ? "queued" : "granted";
    }

    /** Leaves the line, or with its permit. */
    public String leave(int thread) {
      Object ticket = tickets.get(thread).poll();
      if (ticket == null) {
        return "nothing";
      }
      if (line.remove(ticket)) {
        return "cancelled";
      }
      out--;
      serve();
      return "released";
    }

    /** There is no permit any longer. */
    public void lower() {
      limit = 0;
    }

    /** There is one again. */
    public void raise() {
      limit = 1;
      serve();
    }

    private void serve() {
      while (out < limit && !line.isEmpty()) {
        line.remove();
        out++;
      }
    }
  }

  /** A line of tickets for each thread; before and after there is one of Lincheck's own each. */
  private static <T> List<Deque<T>> lines() {
    List<Deque<T>> lines = new ArrayList<>();
    for (int i = 0; i < THREADS + 2; i++) {
      lines.add(new ArrayDeque<>());
    }
    return lines;
  }
}
