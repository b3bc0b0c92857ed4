package dev.fetchwell.liveness;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.policy.RequestFilter;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.stream.Lines;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is asked before a request, or an attempt, is sent. */
final class PrepareSeams {

  private PrepareSeams() {}

  static Stream<Seam> all() {
    return Stream.of(
        seam("beforeCall hook", (scene, builder) -> builder.beforeCall(hook(scene))),
        seam("RequestFilter.apply", (scene, builder) -> builder.filter(filter(scene))),
        seam(
            "RequestFilter.apply for every origin",
            (scene, builder) -> builder.filterEveryOrigin(filter(scene))),
        seam(
            "RequestFilter.apply of a second filter",
            (scene, builder) -> builder.filter(later()).filter(filter(scene))),
        seam(
            "RequestFilter.apply stage",
            (scene, builder) -> builder.filter((request, attempt) -> laterThrown(scene))),
        impatient("TokenSource function", PrepareSeams::throwing),
        impatient("TokenSource future", scene -> TokenSource.of(() -> laterThrown(scene))));
  }

  private static TokenSource throwing(Scene scene) {
    return TokenSource.of(
        () -> {
          throw scene.raise();
        });
  }

  /** Its calls would wait a second each, for a source that fails. */
  private static Seam impatient(String name, Function<Scene, TokenSource> source) {
    return seam(
        name,
        (scene, builder) ->
            builder
                .bearer(source.apply(scene))
                .attemptTimeout(Duration.ofMillis(100))
                .timeout(Duration.ofMillis(100)));
  }

  private static Consumer<RequestSpec> hook(Scene scene) {
    return spec -> {
      throw scene.raise();
    };
  }

  private static RequestFilter filter(Scene scene) {
    return (request, attempt) -> {
      throw scene.raise();
    };
  }

  static <T> CompletableFuture<T> laterThrown(Scene scene) {
    return later(
        () -> {
          throw scene.raise();
        });
  }

  /** Goes on on a thread of the JDK's. */
  private static RequestFilter later() {
    return (request, attempt) -> later(() -> request);
  }

  private static <T> CompletableFuture<T> later(Supplier<T> value) {
    return completedFuture(0).thenApplyAsync(any -> value.get());
  }

  /** Not through {@link Traffic}: where each call ends at the seam, its holder holds nothing. */
  static Seam seam(
      String name, BiFunction<Scene, AsyncHttpClient.Builder, AsyncHttpClient.Builder> with) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client(builder -> with.apply(scene, builder));
          for (String path : new String[] {"/ok", "/flaky", "/broken", "/missing"}) {
            scene.callAndWait(() -> client.getString(scene.url(path)));
          }
          scene.callAndWait(() -> client.post(scene.url("/ok")).body("a", "text/plain").asVoid());
          scene.callAndWait(() -> client.get(scene.url("/lines")).asStream());
          scene.callAndWait(() -> Lines.from(client.get(scene.url("/lines"))).forEach(line -> {}));
          for (int i = 0; i < 6; i++) {
            scene.send(() -> client.get(scene.url("/ok")).asResponse());
          }
          scene.quietly(() -> client.getString(scene.url("/ok")).cancel(true));
        });
  }
}
