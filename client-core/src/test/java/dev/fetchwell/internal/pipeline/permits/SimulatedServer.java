package dev.fetchwell.internal.pipeline.permits;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualTimer;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A server on virtual time that does so many requests at once at full speed. Beyond its capacity
 * they share it and slow each other down; beyond two and a half times of it, more are refused with
 * 503. What its client has given up it finishes all the same.
 */
final class SimulatedServer implements Stage {

  /** What a request takes on an idle server, on average. */
  static final double SECONDS = 0.05;

  private static final double SPREAD = 0.3;
  private static final double REFUSED_BEYOND = 2.5;
  private static final Duration REFUSAL = Duration.ofMillis(3);
  private static final double NANOS = 1e9;

  private final VirtualTimer timer;
  private final Random random;
  private final PriorityQueue<Job> jobs =
      new PriorityQueue<>(Comparator.comparingDouble(Job::doneAt));

  private int capacity;
  private boolean down;

  /** The work that each of those present has got so far, in seconds. */
  private double progress;

  private double speed = 1;
  private long progressAt;
  private @Nullable Cancellable next;

  /** A request, and the progress at which it is done. */
  private record Job(double doneAt, Runnable end) {}

  SimulatedServer(VirtualTimer timer, int capacity, long seed) {
    this.timer = timer;
    this.capacity = capacity;
    this.random = new Random(seed);
    progressAt = timer.nanoTime();
  }

  /** From now on it does more at once, or fewer. */
  void capacity(int requests) {
    advance();
    capacity = requests;
    plan();
  }

  /** From now on it takes requests and does not answer, or does again. */
  void down(boolean isSilent) {
    down = isSilent;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    Attempt attempt = context.attempt();
    attempt.markSent();
    attempt.markSentAt(timer.nanoTime());
    if (down) {
      return answer;
    }
    if (jobs.size() >= REFUSED_BEYOND * capacity) {
      var unused = timer.schedule(REFUSAL, () -> answer(503, attempt, answer));
    } else {
      advance();
      jobs.add(new Job(progress + work(), () -> answer(200, attempt, answer)));
      plan();
    }
    return answer;
  }

  /** Log-normal. */
  private double work() {
    return SECONDS * Math.exp(SPREAD * random.nextGaussian() - SPREAD * SPREAD / 2);
  }

  private void answer(int status, Attempt attempt, CompletableFuture<Reply> answer) {
    attempt.markAnsweredAt(timer.nanoTime());
    attempt.markStatus(status);
    answer.complete(TestCalls.reply(status));
  }

  private void advance() {
    long now = timer.nanoTime();
    progress += (now - progressAt) / NANOS * speed;
    progressAt = now;
  }

  private void plan() {
    if (next != null) {
      next.cancel();
    }
    double load = (double) jobs.size() / capacity;
    speed = load <= 1 ? 1 : 1 / load / load;
    Job first = jobs.peek();
    if (first != null) {
      double seconds = Math.max(0, first.doneAt() - progress) / speed;
      next = timer.schedule(Duration.ofNanos(1 + (long) (seconds * NANOS)), this::finish);
    }
  }

  private void finish() {
    advance();
    Job first = jobs.peek();
    while (first != null && first.doneAt() <= progress + 1e-9) {
      jobs.remove(first);
      first.end().run();
      first = jobs.peek();
    }
    advance();
    plan();
  }
}
