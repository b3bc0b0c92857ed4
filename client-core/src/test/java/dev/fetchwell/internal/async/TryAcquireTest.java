package dev.fetchwell.internal.async;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.internal.async.AsyncBulkhead.Permit;
import dev.fetchwell.internal.async.AsyncBulkhead.Waiter;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Permits for who does not wait. */
class TryAcquireTest {

  private final QueueLimit places = new QueueLimit(4);
  private final AsyncBulkhead bulkhead = new AsyncBulkhead(1, places, Runnable::run);

  @Test
  void freePermitIsTakenAndComesBack() {
    Permit permit = Objects.requireNonNull(bulkhead.tryAcquire());
    assertThat(bulkhead.tryAcquire()).isNull();
    permit.release();
    assertThat(bulkhead.tryAcquire()).isNotNull();
  }

  @Test
  void noPlaceInTheQueueIsTakenAndNobodyIsOvertaken() {
    Permit permit = Objects.requireNonNull(bulkhead.tryAcquire());
    Waiter waiter = (Waiter) Objects.requireNonNull(bulkhead.acquire());
    assertThat(bulkhead.tryAcquire()).isNull();
    assertThat(places.taken()).isEqualTo(1);

    permit.release();

    assertThat(waiter).isCompleted();
    assertThat(bulkhead.tryAcquire()).isNull();
  }
}
