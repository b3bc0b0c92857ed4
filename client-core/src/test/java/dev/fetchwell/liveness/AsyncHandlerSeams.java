package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.Pages;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Handlers that are awaited, and the condition that ends a stream. */
final class AsyncHandlerSeams {

  private AsyncHandlerSeams() {}

  private interface Use {

    CompletableFuture<?> of(Scene scene, AsyncHttpClient client);
  }

  static Stream<Seam> all() {
    return Stream.of(
        seam(
            "Lines.forEachAsync",
            (scene, client) ->
                Lines.from(client.get(scene.url("/lines")))
                    .forEachAsync(line -> AsyncHandlerSeams.raise(scene))),
        seam(
            "NdJson.forEachAsync",
            (scene, client) ->
                NdJson.from(client.get(scene.url("/lines")), Integer.class)
                    .forEachAsync(number -> AsyncHandlerSeams.raise(scene))),
        seam(
            "EventStream.forEachAsync",
            (scene, client) ->
                EventStream.from(client.get(scene.url("/events")))
                    .once()
                    .forEachAsync(event -> AsyncHandlerSeams.raise(scene))),
        seam(
            "PageItems.forEachAsync",
            (scene, client) ->
                Pages.from(client.get(scene.url("/pages")), StreamSeams.Page.class)
                    .next(StreamSeams.Page::next)
                    .items(StreamSeams.Page::items)
                    .forEachAsync(item -> AsyncHandlerSeams.raise(scene))),
        seam(
            "EventStream.until",
            (scene, client) ->
                EventStream.from(client.get(scene.url("/events")))
                    .once()
                    .until(
                        event -> {
                          throw scene.raise();
                        })
                    .forEach(event -> {})),
        seam(
            "Lines.until",
            (scene, client) ->
                Lines.from(client.get(scene.url("/lines")))
                    .until(
                        line -> {
                          throw scene.raise();
                        })
                    .forEach(line -> {})),
        seam(
            "NdJson.until",
            (scene, client) ->
                NdJson.from(client.get(scene.url("/lines")), Integer.class)
                    .until(
                        number -> {
                          throw scene.raise();
                        })
                    .forEach(number -> {})));
  }

  private static CompletableFuture<Void> raise(Scene scene) {
    throw scene.raise();
  }

  private static Seam seam(String name, Use use) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client();
          scene.callAndWait(() -> use.of(scene, client));
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }
}
