package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.AdaptiveLimit;
import java.util.stream.Stream;

/** What adaptive limits call: listeners. */
final class AdaptiveSeams {

  /** With their retries more than it takes until the limit falls. */
  private static final int CALLS = 12;

  private AdaptiveSeams() {}

  static Stream<Seam> all() {
    return Stream.of(new Seam("CallListener.limitChanged", AdaptiveSeams::limitChanged));
  }

  private static void limitChanged(Scene scene) throws Exception {
    CallListener listener = Throwing.in("limitChanged", CallListener.class, scene);
    AsyncHttpClient client =
        scene.client(
            builder ->
                builder
                    .maxConcurrency(2)
                    .adaptiveLimit(AdaptiveLimit.between(1, 2))
                    .listener(listener));
    for (int i = 0; i < CALLS; i++) {
      scene.callAndWait(() -> client.getString(scene.url("/broken")));
    }
    Traffic.through(scene, client);
  }
}
