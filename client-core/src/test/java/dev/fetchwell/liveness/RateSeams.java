package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.RateLimit;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What rate limits call. */
final class RateSeams {

  private RateSeams() {}

  static Stream<Seam> all() {
    return Stream.of(
        new Seam("RateLimiter.acquire", RateSeams::acquire),
        new Seam("RateLimiter.acquire of every second attempt", RateSeams::acquireAtTimes),
        new Seam("RateLimiter.acquire future's whenComplete", RateSeams::future),
        new Seam("RateLimiter.acquire future's cancel", RateSeams::cancel));
  }

  private static void acquire(Scene scene) {
    AsyncHttpClient client =
        scene.client(
            builder ->
                builder
                    .rateLimit(RateLimit.perSecond(1000))
                    .rateLimiter(
                        (host, atMost) -> {
                          throw scene.raise();
                        }));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
    scene.callAndWait(() -> client.get(scene.url("/flaky")).asStream());
    scene.send(() -> client.getString(scene.url("/stall")));
  }

  private static void acquireAtTimes(Scene scene) {
    boolean[] throwing = new boolean[1];
    AsyncHttpClient client =
        scene.client(
            builder ->
                builder.rateLimiter(
                    (host, atMost) -> {
                      throwing[0] = !throwing[0];
                      if (throwing[0]) {
                        throw scene.raise();
                      }
                      return CompletableFuture.completedFuture(null);
                    }));
    for (int i = 0; i < 4; i++) {
      scene.callAndWait(() -> client.getString(scene.url("/flaky")));
    }
  }

  private static void future(Scene scene) throws Exception {
    CompletableFuture<@Nullable Void> broken = broken("whenComplete", scene);
    AsyncHttpClient client = scene.client(b -> b.rateLimiter((host, atMost) -> broken));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void cancel(Scene scene) throws Exception {
    CompletableFuture<@Nullable Void> broken = broken("cancel", scene);
    AsyncHttpClient client = scene.client(b -> b.rateLimiter((host, atMost) -> broken));
    CompletableFuture<?> call = scene.call(() -> client.getString(scene.url("/ok")));
    scene.settle(() -> broken.getNumberOfDependents() > 0);
    call.cancel(true);
    scene.settle(() -> scene.hits() > 0);
  }

  @SuppressWarnings("unchecked")
  private static CompletableFuture<@Nullable Void> broken(String method, Scene scene)
      throws Exception {
    return Throwing.in(method, CompletableFuture.class, scene);
  }
}
