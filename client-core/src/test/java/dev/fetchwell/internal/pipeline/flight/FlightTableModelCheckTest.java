package dev.fetchwell.internal.pipeline.flight;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Lets Lincheck interleave callers that board, leave and see the end of flights of one key, and
 * compares every outcome with some order of the same steps one after the other.
 */
@Tag("lincheck")
public class FlightTableModelCheckTest {

  static final int THREADS = 3;

  @Test
  void everyInterleavingIsLikeSomeSequence() {
    options(15).check(Real.class);
  }

  @Test
  void mutantWithoutItsFaultPasses() {
    options(4).check(Faultless.class);
  }

  @Test
  void mutantThatLetsSomebodyBoardWhatHasEndedIsCaught() {
    assertThatThrownBy(() -> options(50).check(BoardsWhatHasEnded.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void mutantThatCancelsUnderSomebodyWhoBoardsIsCaught() {
    assertThatThrownBy(() -> options(50).check(CancelsUnderPassenger.class))
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

  /** The table itself. Each thread has a line of seats and goes on with its oldest. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Real {

    private final FlightTable<String, Object> table = new FlightTable<>();
    private final Deque<?>[] seats = lines();
    private final int[] named = new int[THREADS + 2];

    private record RealSeat(Object passenger, FlightTable<String, Object>.Flight flight) {}

    /** Begins in the midst of it: one thread has begun a flight. */
    public Real() {
      board(1);
    }

    /** Boards, and begins a flight if there is none. */
    @Operation
    public final String board(@Param(name = "thread") int thread) {
      Object passenger = new Passenger(thread, named[thread]++);
      FlightTable<String, Object>.Flight flight = table.board("key", passenger, () -> "call");
      FlightTableModelCheckTest.<RealSeat>of(seats, thread).add(new RealSeat(passenger, flight));
      return flight.isStartedBy(passenger) ? "begins" : "joins";
    }

    /** Leaves the flight of the thread's oldest seat. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      RealSeat seat = FlightTableModelCheckTest.<RealSeat>of(seats, thread).poll();
      return seat == null ? "none" : "last: " + seat.flight().leave(seat.passenger());
    }

    /** The flight of the thread's oldest seat ends: how many are told. */
    @Operation
    public int land(@Param(name = "thread") int thread) {
      RealSeat seat = FlightTableModelCheckTest.<RealSeat>of(seats, thread).peek();
      return seat == null ? 0 : seat.flight().land().size();
    }
  }

  /** What the table does when nothing runs at the same time. */
  public static class Sequential {

    private final Deque<?>[] seats = lines();
    private final int[] named = new int[THREADS + 2];
    private @Nullable Set<Object> current;

    private record PlainSeat(Object passenger, Set<Object> flight) {}

    /** Begins like the others. */
    public Sequential() {
      board(1);
    }

    /** Boards. */
    public final String board(int thread) {
      Object passenger = new Passenger(thread, named[thread]++);
      Set<Object> flight = current;
      boolean begins = flight == null;
      if (flight == null) {
        flight = new LinkedHashSet<>();
        current = flight;
      }
      flight.add(passenger);
      FlightTableModelCheckTest.<PlainSeat>of(seats, thread).add(new PlainSeat(passenger, flight));
      return begins ? "begins" : "joins";
    }

    /** Leaves. */
    public String leave(int thread) {
      PlainSeat seat = FlightTableModelCheckTest.<PlainSeat>of(seats, thread).poll();
      if (seat == null) {
        return "none";
      }
      boolean last = seat.flight().remove(seat.passenger()) && seat.flight().isEmpty();
      if (last) {
        current = null;
      }
      return "last: " + last;
    }

    /** Ends. */
    public int land(int thread) {
      PlainSeat seat = FlightTableModelCheckTest.<PlainSeat>of(seats, thread).peek();
      if (seat == null || seat.flight() != current) {
        return 0;
      }
      current = null;
      int told = seat.flight().size();
      seat.flight().clear();
      return told;
    }
  }

  /** The mutants' own table as it should be: so only a fault can be what fails. */
  public static class Faultless extends Mutant {

    /** For Lincheck. */
    public Faultless() {
      super(MutantFlights.Fault.NONE);
    }
  }

  /** The same with a flight that takes passengers when it is over. */
  public static class BoardsWhatHasEnded extends Mutant {

    /** For Lincheck. */
    public BoardsWhatHasEnded() {
      super(MutantFlights.Fault.BOARDS_WHAT_HAS_ENDED);
    }
  }

  /** The same with a flight that looks whether anybody is left, and ends, in two steps. */
  public static class CancelsUnderPassenger extends Mutant {

    /** For Lincheck. */
    public CancelsUnderPassenger() {
      super(MutantFlights.Fault.CANCELS_UNDER_PASSENGER);
    }
  }

  /** What the mutants share. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Mutant {

    private final MutantFlights table;
    private final Deque<?>[] seats = lines();
    private final int[] named = new int[THREADS + 2];

    private record MutantSeat(Object passenger, MutantFlights.Flight flight, boolean begins) {}

    Mutant(MutantFlights.Fault fault) {
      table = new MutantFlights(fault);
      board(1);
    }

    /** Boards. */
    @Operation
    public final String board(@Param(name = "thread") int thread) {
      Object passenger = new Passenger(thread, named[thread]++);
      MutantFlights.Flight flight = table.board(passenger);
      boolean begins = flight.starter() == passenger;
      FlightTableModelCheckTest.<MutantSeat>of(seats, thread)
          .add(new MutantSeat(passenger, flight, begins));
      return begins ? "begins" : "joins";
    }

    /** Leaves. */
    @Operation
    public String leave(@Param(name = "thread") int thread) {
      MutantSeat seat = FlightTableModelCheckTest.<MutantSeat>of(seats, thread).poll();
      return seat == null ? "none" : "last: " + table.leave(seat.flight(), seat.passenger());
    }

    /** Ends. */
    @Operation
    public int land(@Param(name = "thread") int thread) {
      MutantSeat seat = FlightTableModelCheckTest.<MutantSeat>of(seats, thread).peek();
      return seat == null ? 0 : table.land(seat.flight());
    }
  }

  /** With a hash code of its own: Lincheck changes that of an object's identity as it goes. */
  private record Passenger(int thread, int number) {}

  /** Before and after the parallel part Lincheck has a thread of its own each. */
  private static Deque<?>[] lines() {
    Deque<?>[] lines = new Deque<?>[THREADS + 2];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = new ArrayDeque<>();
    }
    return lines;
  }

  @SuppressWarnings("unchecked")
  private static <T> Deque<T> of(Deque<?>[] lines, int thread) {
    return (Deque<T>) lines[thread];
  }
}
