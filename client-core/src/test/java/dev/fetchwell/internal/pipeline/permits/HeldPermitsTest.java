package dev.fetchwell.internal.pipeline.permits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import dev.fetchwell.internal.pipeline.CallContext;
import io.github.resilience4j.bulkhead.Bulkhead;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What comes after the release, as when a cancel meets a permit on its way. */
class HeldPermitsTest {

  private final PermitsHarness harness = new PermitsHarness();
  private final CallContext context = harness.context("a");
  private final Hosts hosts =
      new Hosts(new PermitLimits(1, 1, 1, 1), null, harness.registry, harness.platform);
  private final AtomicInteger inFlight = new AtomicInteger();
  private final HeldPermits held = new HeldPermits(hosts.enter("h"), hosts.all(), inFlight);

  @Test
  void permitsAreGivenBackOnceHoweverOftenTheyAreReleased() {
    assertThat(held.hold(permitOf(held.ofHost()))).isTrue();
    assertThat(held.hold(permitOf(held.ofAll()))).isTrue();
    assertThat(held.admit(context)).isTrue();
    assertThat(inFlight).hasValue(1);

    held.release();
    held.release();

    assertThat(inFlight).hasValue(0);
    assertOneIsFree(held.ofHost());
    assertOneIsFree(held.ofAll());
    assertTwinsAreFree();
  }

  @Test
  void permitThatComesAfterTheReleaseGoesBackAtOnce() {
    held.release();

    assertThat(held.hold(permitOf(held.ofHost()))).isFalse();

    assertOneIsFree(held.ofHost());
  }

  @Test
  void attemptIsNotAdmittedAfterTheReleaseAndTheTwinsGetTheirPermitsBack() {
    assertThat(held.hold(permitOf(held.ofHost()))).isTrue();
    held.release();

    assertThat(held.admit(context)).isFalse();

    assertThat(inFlight).hasValue(0);
    assertOneIsFree(held.ofHost());
    assertTwinsAreFree();
  }

  private static Permit permitOf(Hosts.Pool pool) {
    return (Permit) Objects.requireNonNull(pool.permits().acquire());
  }

  private static void assertOneIsFree(Hosts.Pool pool) {
    Permit permit = permitOf(pool);
    assertThat(pool.permits().acquire())
        .isInstanceOfSatisfying(Waiter.class, waiter -> waiter.cancel(false));
    permit.release();
  }

  private void assertTwinsAreFree() {
    for (Bulkhead twin : harness.registry.getAllBulkheads()) {
      assertThat(twin.getMetrics().getAvailableConcurrentCalls())
          .as(twin.getName())
          .isEqualTo(twin.getMetrics().getMaxAllowedConcurrentCalls());
    }
  }
}
