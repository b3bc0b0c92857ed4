package dev.fetchwell.internal.okhttp;

import dev.fetchwell.internal.async.Cancellable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** That nobody knows whether a connection is alive, until the peer answers or the time is over. */
final class Doubt {

  /** Longer than any doubt lasts; only so that no thread can hang here. */
  private static final long AT_MOST_SECONDS = 5;

  private final CountDownLatch settled = new CountDownLatch(1);
  private volatile @Nullable Cancellable timer;

  void endedBy(Cancellable atTheLatest) {
    timer = atTheLatest;
    if (settled.getCount() == 0) {
      atTheLatest.cancel();
    }
  }

  void settle() {
    settled.countDown();
    Cancellable now = timer;
    if (now != null) {
      now.cancel();
    }
  }

  /** Waits on a call's own thread, for the time of a ping. */
  void await() {
    try {
      boolean unused = settled.await(AT_MOST_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
