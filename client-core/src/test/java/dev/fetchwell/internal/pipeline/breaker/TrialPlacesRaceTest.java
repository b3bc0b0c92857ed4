package dev.fetchwell.internal.pipeline.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.breaker.HostBreaker.Admission;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.testkit.TestCalls;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.IllegalStateTransitionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many threads come, succeed, fail and give up while the breaker opens, is tried and is changed by
 * hand: never more trials run than may, and in the end all their places are there.
 */
class TrialPlacesRaceTest {

  private static final int THREADS = 6;
  private static final int TURNS = 20_000;

  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicInteger trials = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void neverMoreTrialsThanPlacesAndAllComeBack(int places) throws Exception {
    HostBreakers hosts = hosts(places);
    run(() -> turn(hosts));

    assertThat(mostRunning).as("trials at a time").hasValueLessThanOrEqualTo(places);
    assertThat(trials).as("trials in all, or nothing was tested").hasValueGreaterThan(100);
    assertPlaces(hosts, places);
  }

  /** Trials are all that there is: as many come as may, and most give up. */
  @Test
  void placesOfTrialsThatGiveUpAreThereAtOnce() throws Exception {
    HostBreakers hosts = hosts(3);
    breaker(hosts).transitionToOpenState();
    breaker(hosts).transitionToHalfOpenState();
    run(
        () -> {
          CallContext context = context();
          HostBreaker host = hosts.enter("a");
          Admission admission = host.admit(context.events());
          if (admission != null) {
            count(admission);
            end(host, admission, Verdict.NOTHING, context);
          }
          host.leave();
        });

    assertThat(mostRunning).hasValueLessThanOrEqualTo(3);
    assertPlaces(hosts, 3);
  }

  private static HostBreakers hosts(int places) {
    CircuitBreakerPolicy policy =
        CircuitBreakerPolicy.builder()
            .slidingWindow(4)
            .minimumCalls(2)
            .openFor(Duration.ofNanos(1))
            .trialCalls(places)
            .build();
    return new HostBreakers(policy, Platform.system());
  }

  private static void run(Runnable turn) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> ends = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS; i++) {
        ends.add(
            pool.submit(
                () -> {
                  start.await(10, TimeUnit.SECONDS);
                  for (int count = 0; count < TURNS; count++) {
                    turn.run();
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get(60, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void turn(HostBreakers hosts) {
    CallContext context = context();
    HostBreaker host = hosts.enter("a");
    Admission admission = host.admit(context.events());
    int chance = ThreadLocalRandom.current().nextInt(1_000);
    if (chance == 0 && breaker(hosts).getState() != State.HALF_OPEN) {
      changeByHand(breaker(hosts));
    }
    if (admission != null) {
      count(admission);
      Verdict[] verdicts = Verdict.values();
      end(host, admission, verdicts[chance % verdicts.length], context);
    }
    host.leave();
  }

  private static void changeByHand(CircuitBreaker breaker) {
    breaker.transitionToOpenState();
    try {
      breaker.transitionToHalfOpenState();
    } catch (IllegalStateTransitionException otherThreadClosedIt) {
      // It did so between the two steps: there are no trials then, and nothing to race for.
      assertThat(otherThreadClosedIt).hasMessageContaining("from CLOSED");
    }
  }

  private void count(Admission admission) {
    if (admission.isTrial()) {
      trials.incrementAndGet();
      mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
      Thread.onSpinWait();
    }
  }

  private void end(HostBreaker host, Admission admission, Verdict verdict, CallContext context) {
    if (admission.isTrial()) {
      running.decrementAndGet();
    }
    FetchTimeoutError error =
        new FetchTimeoutError(
            FetchTimeoutError.Phase.ATTEMPT, Duration.ofSeconds(1), context.facts(), null);
    host.end(admission, verdict, 1, verdict == Verdict.FAILURE ? error : null, context.events());
  }

  private static CallContext context() {
    return TestCalls.context(
        TestCalls.request("GET"), TestCalls.options(), ReplyReaders.BYTES, Platform.system());
  }

  private static CircuitBreaker breaker(HostBreakers hosts) {
    return hosts.registry().circuitBreaker("a");
  }

  private static void assertPlaces(HostBreakers hosts, int places) {
    CircuitBreaker breaker = breaker(hosts);
    breaker.reset();
    breaker.transitionToOpenState();
    try {
      breaker.transitionToHalfOpenState();
    } catch (IllegalStateTransitionException otherThreadClosedIt) {
      // It did so between the two steps: there are no trials then, and nothing to race for.
      assertThat(otherThreadClosedIt).hasMessageContaining("from CLOSED");
    }
    HostBreaker host = hosts.enter("a");
    List<Admission> admitted = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      Admission admission = host.admit(context().events());
      assertThat(admission).as("place " + i).isNotNull();
      admitted.add(admission);
    }
    assertThat(host.admit(context().events())).as("one more than there are places").isNull();
    assertThat(admitted).allMatch(Admission::isTrial);
  }
}
