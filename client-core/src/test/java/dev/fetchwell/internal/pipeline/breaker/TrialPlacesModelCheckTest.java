package dev.fetchwell.internal.pipeline.breaker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Lets Lincheck interleave threads that take trial places and give them back. */
@Tag("lincheck")
public class TrialPlacesModelCheckTest {

  static final int THREADS = 3;
  static final int PLACES = 2;

  @Test
  void everyInterleavingIsLikeSomeSequence() {
    options(10).check(Real.class);
  }

  @Test
  void mutantThatLooksAndTakesInTwoStepsIsCaught() {
    assertThatThrownBy(() -> options(50).check(TwoSteps.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  void mutantThatLosesAPlaceIsCaught() {
    assertThatThrownBy(() -> options(50).check(LosesPlace.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options(int iterations) {
    return new ModelCheckingOptions()
        .iterations(iterations)
        .invocationsPerIteration(500)
        .threads(THREADS)
        .actorsBefore(0)
        .actorsPerThread(2)
        .actorsAfter(3)
        .sequentialSpecification(Sequential.class)
        .minimizeFailedScenario(false);
  }

  /** Each thread takes at most one place, and gives back only what it has. */
  private abstract static class Threads {

    /** Before and after the parallel part Lincheck has a thread of its own each. */
    private final boolean[] has = new boolean[THREADS + 2];

    abstract boolean taken();

    abstract void givenBack();

    final String takeFor(int thread) {
      if (has[thread]) {
        return "has one";
      }
      has[thread] = taken();
      return has[thread] ? "taken" : "none";
    }

    final String giveBackFor(int thread) {
      if (!has[thread]) {
        return "has none";
      }
      has[thread] = false;
      givenBack();
      return "given back";
    }
  }

  /** TrialPlaces itself. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class Real extends Threads {

    private final TrialPlaces places = new TrialPlaces();

    @Override
    boolean taken() {
      return places.take(PLACES);
    }

    @Override
    void givenBack() {
      places.giveBack();
    }

    /** Takes a place. */
    @Operation
    public String take(@Param(name = "thread") int thread) {
      return takeFor(thread);
    }

    /** Gives it back. */
    @Operation
    public String giveBack(@Param(name = "thread") int thread) {
      return giveBackFor(thread);
    }
  }

  /** Looks whether a place is free, and then takes it. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class TwoSteps extends Threads {

    private final AtomicInteger places = new AtomicInteger();

    @Override
    boolean taken() {
      return places.get() < PLACES && places.incrementAndGet() > 0;
    }

    @Override
    void givenBack() {
      places.decrementAndGet();
    }

    /** Takes a place. */
    @Operation
    public String take(@Param(name = "thread") int thread) {
      return takeFor(thread);
    }

    /** Gives it back. */
    @Operation
    public String giveBack(@Param(name = "thread") int thread) {
      return giveBackFor(thread);
    }
  }

  /** Gives a place back only unless another thread is at it. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class LosesPlace extends Threads {

    private final AtomicInteger places = new AtomicInteger();

    @Override
    boolean taken() {
      int now = places.get();
      while (now < PLACES) {
        if (places.compareAndSet(now, now + 1)) {
          return true;
        }
        now = places.get();
      }
      return false;
    }

    @Override
    void givenBack() {
      int now = places.get();
      places.compareAndSet(now, now - 1);
    }

    /** Takes a place. */
    @Operation
    public String take(@Param(name = "thread") int thread) {
      return takeFor(thread);
    }

    /** Gives it back. */
    @Operation
    public String giveBack(@Param(name = "thread") int thread) {
      return giveBackFor(thread);
    }
  }

  /** What places do when nothing runs at the same time. */
  public static class Sequential extends Threads {

    private int places;

    @Override
    boolean taken() {
      return places < PLACES && ++places > 0;
    }

    @Override
    void givenBack() {
      places--;
    }

    /** Takes a place. */
    public String take(int thread) {
      return takeFor(thread);
    }

    /** Gives it back. */
    public String giveBack(int thread) {
      return giveBackFor(thread);
    }
  }
}
