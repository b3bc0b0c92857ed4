package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.json.JsonCodec;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;

/** What callers who share a call on the wire have run for them, each for itself. */
final class FlightSeams {

  private FlightSeams() {}

  static Stream<Seam> all() {
    return Stream.of(
        new Seam("BodyReader.read in a flight", FlightSeams::read),
        new Seam("JsonCodec.decode in a flight", FlightSeams::decode),
        new Seam("Executor.execute in a flight", FlightSeams::execute));
  }

  private static void read(Scene scene) {
    AsyncHttpClient client = scene.client(builder -> builder.singleFlight(true));
    share(
        scene,
        client,
        request ->
            request.as(
                response -> {
                  throw scene.raise();
                }));
  }

  private static void decode(Scene scene) throws Exception {
    JsonCodec codec = Throwing.in("decode", JsonCodec.class, scene);
    AsyncHttpClient client = scene.client(builder -> builder.singleFlight(true).codec(codec));
    share(scene, client, request -> request.asJson(Map.class));
  }

  private static void execute(Scene scene) {
    AsyncHttpClient client =
        scene.client(
            builder ->
                builder
                    .singleFlight(true)
                    .executor(
                        task -> {
                          throw scene.raise();
                        }));
    share(scene, client, RequestSpec::asVoid);
  }

  /** Those that share wait together for the one permit. */
  private static void share(
      Scene scene, AsyncHttpClient client, Function<RequestSpec, CompletableFuture<?>> seam) {
    CompletableFuture<?> holder = scene.call(() -> client.getString(scene.url("/stall")));
    scene.settle(() -> client.stats().inFlight() == 1 || holder.isDone());
    RequestSpec request = client.get(scene.url("/ok")).accept("application/json");
    scene.send(() -> seam.apply(request));
    scene.send(() -> seam.apply(request));
    CompletableFuture<?> good = scene.call(request::asString);
    scene.quietly(() -> scene.call(request::asBytes).cancel(true));
    scene.quietly(() -> holder.cancel(true));
    scene.callAndWait(() -> good);
    scene.callAndWait(() -> seam.apply(request));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }
}
