package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** What a request with a reader of the user's calls. */
final class RequestSeams {

  private RequestSeams() {}

  static Stream<Seam> all() {
    return Stream.of(new Seam("RequestSpec.as BodyReader.read", RequestSeams::read));
  }

  private static void read(Scene scene) {
    AsyncHttpClient client = scene.client();
    for (int i = 0; i < 3; i++) {
      scene.callAndWait(
          () -> {
            CompletableFuture<String> read =
                client
                    .get(scene.url("/ok"))
                    .as(
                        response -> {
                          throw scene.raise();
                        });
            return read;
          });
    }
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }
}
