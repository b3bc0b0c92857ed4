package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.batch.TaskGroup;
import dev.fetchwell.error.FetchError;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What batches and groups of tasks call. */
final class ManySeams {

  private ManySeams() {}

  static Stream<Seam> all() {
    return Stream.concat(batches(), Stream.of(new Seam("TaskGroup.fork", ManySeams::fork)));
  }

  private static Stream<Seam> batches() {
    return Stream.of(
        new Seam("Batch.of function", scene -> everyEnd(scene, scene.client(), failing(scene))),
        new Seam("Batch.onProgress", ManySeams::progress),
        new Seam("Batch.forEach handler", ManySeams::handler),
        new Seam("Batch.of Iterable.iterator", ManySeams::iterable),
        new Seam("Batch.of Iterator.hasNext", scene -> iterator(scene, 2, 9)),
        new Seam("Batch.of Iterator.next", scene -> iterator(scene, 9, 2)),
        new Seam("Batch.of Iterator.hasNext at once", scene -> iterator(scene, 0, 9)));
  }

  /** Fails for every second item, so that others run. */
  private static Function<Scene, Batch<Integer, String>> failing(Scene scene) {
    AsyncHttpClient client = scene.client();
    return any ->
        Batch.of(
            List.of(1, 2, 3, 4),
            item -> {
              if (item % 2 == 0) {
                throw scene.raise();
              }
              return client.getString(scene.url("/ok"));
            });
  }

  private static void everyEnd(
      Scene scene, AsyncHttpClient client, Function<Scene, Batch<Integer, String>> batch) {
    scene.callAndWait(() -> batch.apply(scene).all());
    scene.callAndWait(() -> batch.apply(scene).settled());
    scene.callAndWait(() -> batch.apply(scene).first());
    scene.callAndWait(() -> batch.apply(scene).forEach((item, outcome) -> {}));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void progress(Scene scene) {
    AsyncHttpClient client = scene.client();
    everyEnd(
        scene,
        client,
        any ->
            calls(client, scene)
                .onProgress(
                    (done, total) -> {
                      throw scene.raise();
                    }));
  }

  private static void handler(Scene scene) {
    AsyncHttpClient client = scene.client();
    scene.callAndWait(
        () ->
            calls(client, scene)
                .forEach(
                    (item, outcome) -> {
                      throw scene.raise();
                    }));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static Batch<Integer, String> calls(AsyncHttpClient client, Scene scene) {
    return Batch.of(List.of(1, 2, 3), item -> client.getString(scene.url("/ok")));
  }

  private static void iterable(Scene scene) {
    AsyncHttpClient client = scene.client();
    Iterable<Integer> items =
        () -> {
          throw scene.raise();
        };
    everyEnd(scene, client, any -> Batch.of(items, item -> client.getString(scene.url("/ok"))));
  }

  private static void iterator(Scene scene, int hasNexts, int nexts) {
    AsyncHttpClient client = scene.client();
    everyEnd(
        scene,
        client,
        any ->
            Batch.of(
                new Items(scene, hasNexts, nexts), item -> client.getString(scene.url("/ok"))));
  }

  private static void fork(Scene scene) {
    AsyncHttpClient client = scene.client();
    try (TaskGroup group = TaskGroup.open()) {
      scene.send(() -> group.fork(() -> client.getString(scene.url("/stall"))));
      scene.send(
          () ->
              group.fork(
                  () -> {
                    throw scene.raise();
                  }));
      scene.send(() -> group.fork(() -> client.getString(scene.url("/ok"))));
      scene.quietly(() -> joins(group));
    }
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void joins(TaskGroup group) {
    try {
      group.join();
    } catch (FetchError asItShould) {
      return;
    }
    throw new AssertionError("join() should throw what a task failed with");
  }

  /** Numbers without an end, until one of the methods has returned often enough. */
  private static final class Items implements Iterator<Integer> {

    private final Scene scene;
    private int hasNexts;
    private int nexts;

    private Items(Scene scene, int hasNexts, int nexts) {
      this.scene = scene;
      this.hasNexts = hasNexts;
      this.nexts = nexts;
    }

    @Override
    public boolean hasNext() {
      if (hasNexts-- == 0) {
        throw scene.raise();
      }
      return true;
    }

    @Override
    public Integer next() {
      if (nexts-- == 0) {
        throw scene.raise();
      }
      return nexts;
    }
  }
}
