package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/** What the circuit breakers call: a policy's condition, consumers of resilience4j's, listeners. */
final class BreakerSeams {

  private BreakerSeams() {}

  static Stream<Seam> all() {
    return Stream.concat(own(), consumers());
  }

  /** Opens soon, and is tried again soon. */
  private static CircuitBreakerPolicy.Builder policy() {
    return CircuitBreakerPolicy.builder()
        .slidingWindow(4)
        .minimumCalls(2)
        .openFor(Duration.ofMillis(10))
        .trialCalls(1);
  }

  private static Stream<Seam> own() {
    return Stream.of(
        new Seam("CircuitBreakerPolicy.countAsFailure", BreakerSeams::countAsFailure),
        new Seam("CallListener.circuitChanged", BreakerSeams::circuitChanged),
        new Seam(
            "CircuitBreakerRegistry.onEntryAdded",
            scene -> {
              AsyncHttpClient client = client(scene);
              client.breakers().getEventPublisher().onEntryAdded(entry -> raise(scene));
              Traffic.through(scene, client);
            }));
  }

  private static void countAsFailure(Scene scene) {
    CircuitBreakerPolicy throwing =
        policy()
            .countAsFailure(
                error -> {
                  throw scene.raise();
                })
            .build();
    Traffic.through(scene, scene.client(builder -> builder.circuitBreaker(throwing)));
  }

  private static void circuitChanged(Scene scene) throws Exception {
    CallListener listener = Throwing.in("circuitChanged", CallListener.class, scene);
    Traffic.through(
        scene,
        scene.client(builder -> builder.circuitBreaker(policy().build()).listener(listener)));
  }

  private static Stream<Seam> consumers() {
    return Stream.of(
        of("onEvent", (scene, each) -> each.getEventPublisher().onEvent(e -> raise(scene))),
        of("onSuccess", (scene, each) -> each.getEventPublisher().onSuccess(e -> raise(scene))),
        of("onError", (scene, each) -> each.getEventPublisher().onError(e -> raise(scene))),
        of(
            "onStateTransition",
            (scene, each) -> each.getEventPublisher().onStateTransition(e -> raise(scene))),
        of(
            "onCallNotPermitted",
            (scene, each) -> each.getEventPublisher().onCallNotPermitted(e -> raise(scene))),
        of(
            "onFailureRateExceeded",
            (scene, each) -> each.getEventPublisher().onFailureRateExceeded(e -> raise(scene))));
  }

  /** Consumers of a breaker that a call makes. */
  private static Seam of(String consumer, BiConsumer<Scene, CircuitBreaker> hook) {
    return new Seam(
        "CircuitBreaker." + consumer,
        scene -> {
          AsyncHttpClient client = client(scene);
          client
              .breakers()
              .getEventPublisher()
              .onEntryAdded(entry -> hook.accept(scene, entry.getAddedEntry()));
          Traffic.through(scene, client);
        });
  }

  private static AsyncHttpClient client(Scene scene) {
    return scene.client(builder -> builder.circuitBreaker(policy().build()));
  }

  private static void raise(Scene scene) {
    throw scene.raise();
  }
}
