package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.testserver.DeadEnds;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Calls that meet, between them, all that a call can meet. */
final class Traffic {

  private final Scene scene;
  private final AsyncHttpClient client;

  private Traffic(Scene scene, AsyncHttpClient client) {
    this.scene = scene;
    this.client = client;
  }

  /** Drives a client that runs one call at a time and lets four wait. */
  static void through(Scene scene, AsyncHttpClient client) {
    Traffic traffic = new Traffic(scene, client);
    traffic.succeedAndFail();
    traffic.waitAndBeRejected();
    traffic.share();
    traffic.timeOut();
    traffic.reconnect();
  }

  private void succeedAndFail() {
    scene.callAndWait(() -> client.get(scene.url("/ok")).asJson());
    scene.callAndWait(() -> client.get(scene.url("/flaky")).asString());
    scene.callAndWait(() -> client.get(scene.url("/broken")).asString());
    scene.callAndWait(() -> client.get(scene.url("/missing")).asVoid());
    scene.callAndWait(() -> client.get(scene.url("/moved")).asVoid());
    scene.callAndWait(() -> client.get(scene.url("/reset")).asOutcome(String.class));
    scene.callAndWait(
        () -> client.post(scene.url("/ok")).body(new byte[100], "text/plain").asResponse());
    String refused = scene.url("/ok").replaceFirst(":\\d+/", ":" + DeadEnds.refusedPort() + "/");
    scene.callAndWait(() -> client.get(refused).asString());
  }

  private void waitAndBeRejected() {
    long before = arrived("/stall");
    CompletableFuture<?> holder = scene.call(() -> client.getString(scene.url("/stall")));
    scene.settle(() -> arrived("/stall") > before || holder.isDone());
    CompletableFuture<?> waiting = scene.call(() -> client.getString(scene.url("/ok")));
    for (int i = 0; i < 6; i++) {
      scene.send(() -> client.getString(scene.url("/ok")));
    }
    scene.quietly(() -> waiting.cancel(true));
    scene.quietly(() -> holder.cancel(true));
    scene.callAndWait(() -> holder);
  }

  private void share() {
    CompletableFuture<?> one =
        scene.call(() -> client.get(scene.url("/stall")).singleFlight(true).asString());
    CompletableFuture<?> other =
        scene.call(() -> client.get(scene.url("/stall")).singleFlight(true).asString());
    scene.quietly(() -> one.cancel(true));
    scene.quietly(() -> other.cancel(true));
  }

  private void timeOut() {
    scene.callAndWait(
        () -> client.get(scene.url("/stall")).timeout(Duration.ofMillis(60)).asString());
  }

  private void reconnect() {
    scene.callAndWait(
        () ->
            EventStream.from(client.get(scene.url("/feed")))
                .reconnectDelay(Duration.ofMillis(1))
                .maxFailures(2)
                .forEach(event -> {}));
  }

  private long arrived(String path) {
    return scene.server().requests().stream().filter(each -> each.path().equals(path)).count();
  }
}
