package dev.fetchwell.examples.benchmark.client;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What users of a client without them write themselves: a bulkhead with a queue, retries with
 * jittered backoff, a timeout of the whole call, decoding. As small as it can be while it does the
 * job; it lacks what a library owes (budgets, Retry-After, fairness between hosts, typed errors).
 */
final class ByHand {

  /** An answer with its body, whatever its status. */
  static final class Answer {

    private final int status;
    private final byte[] body;

    Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    int status() {
      return status;
    }

    byte[] body() {
      return body;
    }
  }

  /** An answer that is not a success. */
  static final class StatusException extends RuntimeException {

    private static final long serialVersionUID = 1;

    StatusException(int status) {
      super("status " + status);
    }
  }

  private final Job job;
  private final AtomicInteger free;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  ByHand(Job job) {
    this.job = job;
    this.free = new AtomicInteger(job.inFlight());
  }

  /** The attempts' own timeout is the client's; it also ends what the total timeout leaves. */
  CompletableFuture<User> call(Supplier<CompletableFuture<Answer>> attempt) {
    CompletableFuture<User> result = new CompletableFuture<>();
    begin(attempt, 1, result);
    return result.orTimeout(job.totalTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  private void begin(
      Supplier<CompletableFuture<Answer>> attempt, int number, CompletableFuture<User> result) {
    if (result.isDone()) {
      return;
    }
    Runnable send = () -> send(attempt, number, result);
    if (tryAcquire()) {
      send.run();
    } else {
      waiting.add(send);
      resume();
    }
  }

  private void send(
      Supplier<CompletableFuture<Answer>> attempt, int number, CompletableFuture<User> result) {
    var unused =
        attempt
            .get()
            .whenComplete(
                (answer, thrown) -> {
                  release();
                  if (thrown != null) {
                    result.completeExceptionally(thrown);
                  } else {
                    answered(attempt, number, answer, result);
                  }
                });
  }

  private void answered(
      Supplier<CompletableFuture<Answer>> attempt,
      int number,
      Answer answer,
      CompletableFuture<User> result) {
    if (answer.status() == Job.RETRIED_STATUS && number < Job.ATTEMPTS) {
      CompletableFuture.delayedExecutor(backoffMillis(number), TimeUnit.MILLISECONDS)
          .execute(() -> begin(attempt, number + 1, result));
    } else if (answer.status() != 200) {
      result.completeExceptionally(new StatusException(answer.status()));
    } else {
      User user;
      try {
        user = Json.user(answer.body());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
        return;
      }
      result.complete(user);
    }
  }

  /** Exponential, with full jitter. */
  private static long backoffMillis(int number) {
    long most = Math.min(Job.BACKOFF_CAP.toMillis(), Job.BACKOFF_BASE.toMillis() << (number - 1));
    return ThreadLocalRandom.current().nextLong(most + 1);
  }

  private boolean tryAcquire() {
    for (int now = free.get(); now > 0; now = free.get()) {
      if (free.compareAndSet(now, now - 1)) {
        return true;
      }
    }
    return false;
  }

  private void release() {
    free.incrementAndGet();
    resume();
  }

  private void resume() {
    while (!waiting.isEmpty() && tryAcquire()) {
      Runnable next = waiting.poll();
      if (next == null) {
        free.incrementAndGet();
      } else {
        next.run();
      }
    }
  }
}
