package dev.fetchwell.examples.benchmark.facade;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call after the other, each started where the last one ended, without nesting: so that a
 * caller who waits, and is woken, is not what is measured.
 */
final class Chain {

  private final Supplier<? extends CompletableFuture<?>> way;
  private final AtomicInteger due = new AtomicInteger();
  private final CompletableFuture<@Nullable Void> all = new CompletableFuture<>();
  private int left;

  private Chain(Supplier<? extends CompletableFuture<?>> way, int calls) {
    this.way = way;
    this.left = calls;
  }

  static void run(Supplier<? extends CompletableFuture<?>> way, int calls) throws Exception {
    Chain chain = new Chain(way, calls);
    chain.next();
    chain.all.get(60, TimeUnit.SECONDS);
  }

  private void next() {
    if (due.getAndIncrement() > 0) {
      return;
    }
    do {
      if (left == 0) {
        all.complete(null);
        return;
      }
      left--;
      var unused =
          way.get()
              .whenComplete(
                  (value, thrown) -> {
                    if (thrown != null) {
                      all.completeExceptionally(thrown);
                    } else {
                      next();
                    }
                  });
    } while (due.decrementAndGet() > 0);
  }
}
