package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.WorkQueue;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What a queue of jobs calls. */
final class WorkQueueSeams {

  private WorkQueueSeams() {}

  static Stream<Seam> all() {
    return Stream.of(
        new Seam("WorkQueue.of function", WorkQueueSeams::function),
        new Seam("WorkQueue.deadLetter", WorkQueueSeams::deadLetter));
  }

  private static void function(Scene scene) {
    AsyncHttpClient client = scene.client();
    WorkQueue.Builder<Integer> settings =
        WorkQueue.of(
            job -> {
              if (job % 2 == 0) {
                throw scene.raise();
              }
              return client.getString(scene.url("/ok"));
            });
    run(scene, settings);
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void deadLetter(Scene scene) {
    AsyncHttpClient client = scene.client();
    WorkQueue.Builder<Integer> settings =
        WorkQueue.of(
            job ->
                job % 2 == 0
                    ? CompletableFuture.failedFuture(new IllegalStateException("dead"))
                    : client.getString(scene.url("/ok")));
    run(
        scene,
        settings.deadLetter(
            (job, error) -> {
              throw scene.raise();
            }));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  /** Each job ends, the places come back, and the queue can be shut down. */
  private static void run(Scene scene, WorkQueue.Builder<Integer> settings) {
    try (WorkQueue<Integer> queue = settings.workers(1).capacity(1).open()) {
      for (int job = 0; job < 4; job++) {
        int mine = job;
        scene.callAndWait(
            () -> queue.submit(mine).thenCompose(accepted -> accepted.result().copy()));
      }
      scene.callAndWait(() -> queue.shutdown(Duration.ofSeconds(10)));
    }
  }
}
