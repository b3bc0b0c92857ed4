package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.json.JacksonCodec;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.testkit.Quiet;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a client's settings and a request's parts call. */
final class ClientSeams {

  private ClientSeams() {}

  static Stream<Seam> all() {
    return Stream.concat(listeners(), Stream.concat(settings(), requests()));
  }

  /** Of layers that are opt-in: each has a seam where that layer's are. */
  private static final Set<String> OF_LAYERS = Set.of("circuitChanged", "limitChanged");

  /** Every other event, whatever its parameters are. */
  private static Stream<Seam> listeners() {
    return Arrays.stream(CallListener.class.getMethods())
        .filter(event -> !Modifier.isStatic(event.getModifiers()))
        .map(Method::getName)
        .distinct()
        .filter(event -> !OF_LAYERS.contains(event))
        .map(event -> new Seam("CallListener." + event, scene -> listen(scene, event)));
  }

  private static void listen(Scene scene, String event) throws Exception {
    CallListener listener = Throwing.in(event, CallListener.class, scene);
    Traffic.through(scene, scene.client(builder -> reaching(event, builder.listener(listener))));
  }

  /** With the layer that tells the event. */
  private static AsyncHttpClient.Builder reaching(String event, AsyncHttpClient.Builder builder) {
    return switch (event) {
      // Slow enough that calls have to wait for it.
      case "throttled" -> builder.rateLimit(RateLimit.perSecond(200));
      case "hedged" ->
          builder.maxConcurrency(4).hedge(HedgePolicy.after(Duration.ofMillis(5)).budget(1));
      default -> builder;
    };
  }

  private static Stream<Seam> settings() {
    return Stream.of(
        new Seam("JsonCodec.encode", ClientSeams::encode),
        new Seam("JsonCodec.decode", ClientSeams::decode),
        new Seam("JsonCodec.decode of NdJson", ClientSeams::decodeLines),
        new Seam(
            "Executor.execute",
            scene -> Traffic.through(scene, scene.client(b -> b.executor(task -> thrown(scene))))),
        new Seam(
            "ContextCarrier.capture",
            scene ->
                Traffic.through(
                    scene,
                    scene.client(
                        b ->
                            b.contextCarrier(
                                () -> {
                                  throw scene.raise();
                                })))),
        new Seam(
            "ContextCarrier.capture executor",
            scene ->
                Traffic.through(
                    scene, scene.client(b -> b.contextCarrier(() -> task -> thrown(scene))))),
        new Seam("RetryPolicy.retryIf", ClientSeams::retryIf));
  }

  private static void thrown(Scene scene) {
    throw scene.raise();
  }

  private static void encode(Scene scene) {
    AsyncHttpClient client = scene.client(builder -> builder.codec(new Codec(scene, "encode")));
    for (int i = 0; i < 3; i++) {
      scene.callAndWait(() -> client.postJson(scene.url("/ok"), Map.of("a", 1), Map.class));
    }
    scene.callAndWait(() -> client.getJson(scene.url("/ok"), Map.class));
  }

  private static void decode(Scene scene) {
    AsyncHttpClient client = scene.client(builder -> builder.codec(new Codec(scene, "decode")));
    for (int i = 0; i < 3; i++) {
      scene.callAndWait(() -> client.getJson(scene.url("/ok"), Map.class));
    }
    scene.callAndWait(() -> client.getJson(scene.url("/ok")));
    scene.callAndWait(() -> client.get(scene.url("/flaky")).asOutcome(String.class));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void decodeLines(Scene scene) {
    AsyncHttpClient client = scene.client(builder -> builder.codec(new Codec(scene, "decode")));
    scene.callAndWait(
        () ->
            NdJson.from(client.get(scene.url("/lines")), Integer.class)
                .forEach(
                    number -> {
                      throw new AssertionError("no number should come");
                    }));
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  private static void retryIf(Scene scene) {
    RetryPolicy policy =
        RetryPolicy.builder()
            .retryIf(
                error -> {
                  throw scene.raise();
                })
            .build();
    Traffic.through(scene, scene.client(builder -> builder.retry(policy)));
  }

  private static Stream<Seam> requests() {
    return Stream.of(
        new Seam("URL template variable", ClientSeams::variable),
        new Seam("Consumer of Multipart", ClientSeams::multipart));
  }

  private static void variable(Scene scene) throws Exception {
    AsyncHttpClient client = scene.client();
    Object value = Throwing.in("toString", Object.class, scene);
    scene.callAndWait(() -> client.get(scene.url("/users/{id}"), value).asString());
    scene.callAndWait(() -> client.delete(scene.url("/users/{id}"), value).asStream());
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  /** On the caller's thread, and before anything is sent: it may be told there, or by the call. */
  private static void multipart(Scene scene) {
    AsyncHttpClient client = scene.client();
    try {
      var spec =
          client
              .post(scene.url("/ok"))
              .multipart(
                  parts -> {
                    throw scene.raise();
                  });
      scene.callAndWait(spec::asString);
    } catch (Throwable atTheCaller) {
      Quiet.assertNothingHeld(client, Liveness.LIMIT);
    }
    scene.callAndWait(() -> client.getString(scene.url("/ok")));
  }

  /** Jackson's, but for the method that throws. */
  private record Codec(Scene scene, String throwing, JsonCodec real) implements JsonCodec {

    private Codec(Scene scene, String throwing) {
      this(scene, throwing, new JacksonCodec());
    }

    @Override
    public byte[] encode(Object value) {
      if (throwing.equals("encode")) {
        throw scene.raise();
      }
      return real.encode(value);
    }

    @Override
    public @Nullable Object decode(byte[] json, Type type) {
      if (throwing.equals("decode")) {
        throw scene.raise();
      }
      return real.decode(json, type);
    }
  }
}
