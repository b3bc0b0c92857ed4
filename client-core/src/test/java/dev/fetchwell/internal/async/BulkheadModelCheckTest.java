package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Place;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lets Lincheck interleave threads that come, wait, cancel and leave, and compares every outcome
 * with some order of the same steps one after the other.
 *
 * <p>While a hand-over is under way its waiter may still cancel, although it has left the queue. So
 * there is one permit (with two, who came later may have the other one by then), and room for all
 * (its place may be taken by then): neither is an order of steps one after the other, nor matters.
 */
@Tag("lincheck")
public class BulkheadModelCheckTest {

  static final int THREADS = 3;

  @Test
  void everyInterleavingIsLikeSomeSequence() {
    options(12).check(Real.class);
  }

  @Test
  void mutantWithoutItsFaultPasses() {
    options(4).check(Faultless.class);
  }

  @Test
  void mutantThatLosesThePermitOfACancelledWaiterIsCaught() {
    assertThatThrownBy(() -> options(50).check(LosesPermit.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void mutantThatOverlooksAWaiterIsCaught() {
    assertThatThrownBy(() -> options(50).check(OverlooksWaiter.class))
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
    private final Tickets<Place> tickets = new Tickets<>();

    /** Begins in the midst of it: one thread has the permit, another waits. */
    public Real() {
      come(1);
      come(2);
    }

    /** Comes for a permit. */
    @Operation
    public final String come(@Param(name = "thread") int thread) {
      Place ticket = Objects.requireNonNull(bulkhead.acquire());
      tickets.of(thread).add(ticket);
      return ticket instanceof Permit ? "granted" : "queued";
    }

    /** Cancels the thread's oldest ticket, or gives its permit back. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      Place ticket = tickets.of(thread).poll();
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
  }

  /** The mutants' own bulkhead as it should be: so only a fault can be what fails. */
  public static class Faultless extends Mutant {

    /** For Lincheck. */
    public Faultless() {
      super(MutantBulkhead.Fault.NONE);
    }
  }

  /** The same with a bulkhead whose grant ignores that the waiter has gone. */
  public static class LosesPermit extends Mutant {

    /** For Lincheck. */
    public LosesPermit() {
      super(MutantBulkhead.Fault.LOSES_PERMIT_OF_CANCELLED);
    }
  }

  /** The same with a bulkhead that looks for waiters and frees the permit in two steps. */
  public static class OverlooksWaiter extends Mutant {

    /** For Lincheck. */
    public OverlooksWaiter() {
      super(MutantBulkhead.Fault.OVERLOOKS_WAITER);
    }
  }

  /** What the mutants share. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Mutant {

    private final MutantBulkhead bulkhead;
    private final Tickets<CompletableFuture<Boolean>> tickets = new Tickets<>();

    Mutant(MutantBulkhead.Fault fault) {
      bulkhead = new MutantBulkhead(1, fault);
      come(1);
      come(2);
    }

    /** Comes for a permit. */
    @Operation
    public final String come(@Param(name = "thread") int thread) {
      CompletableFuture<Boolean> ticket = bulkhead.acquire();
      tickets.of(thread).add(ticket);
      // Not isDone: it may be granted only just now, after others came behind it.
      boolean granted = ticket.getClass() == CompletableFuture.class;
      return granted ? "granted" : "queued";
    }

    /** Cancels the thread's oldest ticket, or gives its permit back. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      CompletableFuture<Boolean> ticket = tickets.of(thread).poll();
      if (ticket == null) {
        return "nothing";
      }
      if (ticket.cancel(false)) {
        return "cancelled";
      }
      bulkhead.release();
      return "released";
    }
  }

  /** What a bulkhead with one permit does when nothing runs at the same time. */
  public static class Sequential {

    private final Tickets<Object> tickets = new Tickets<>();
    private final Deque<Object> line = new ArrayDeque<>();

    /** Begins like the others. */
    public Sequential() {
      come(1);
      come(2);
    }

    /** Comes for a permit; the first in line has it. */
    public final String come(int thread) {
      Object ticket = new Object();
      tickets.of(thread).add(ticket);
      line.add(ticket);
      return line.size() == 1 ? "granted" : "queued";
    }

    /** Leaves the line. */
    public String leave(int thread) {
      Object ticket = tickets.of(thread).poll();
      if (ticket == null) {
        return "nothing";
      }
      boolean granted = line.peek() == ticket;
      line.remove(ticket);
      return granted ? "released" : "cancelled";
    }
  }

  /** A line of tickets for each thread, which no other thread touches. */
  private static final class Tickets<T> {

    /** Before and after the parallel part Lincheck has a thread of its own each. */
    private final Deque<?>[] lines = new Deque<?>[THREADS + 2];

    private Tickets() {
      for (int i = 0; i < lines.length; i++) {
        lines[i] = new ArrayDeque<T>();
      }
    }

    @SuppressWarnings("unchecked")
    private Deque<T> of(int thread) {
      return (Deque<T>) lines[thread];
    }
  }
}
