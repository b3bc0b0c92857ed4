package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.retry.Retry;
import java.util.function.Consumer;
import java.util.stream.Stream;
import okhttp3.EventListener;

/** What the two engines below call: a caller's OkHttp client, and consumers of resilience4j's. */
final class TransportSeams {

  private TransportSeams() {}

  static Stream<Seam> all() {
    return Stream.of(okHttpEvents(), okHttp(), bulkheads(), retries()).flatMap(seams -> seams);
  }

  /** Those that plain HTTP/1.1 and this traffic reach; OkHttp has more for TLS and caches. */
  private static Stream<Seam> okHttpEvents() {
    return Stream.of(
            "callStart",
            "proxySelectStart",
            "proxySelectEnd",
            "dnsStart",
            "dnsEnd",
            "connectStart",
            "connectEnd",
            "connectFailed",
            "connectionAcquired",
            "connectionReleased",
            "requestHeadersStart",
            "requestHeadersEnd",
            "requestBodyStart",
            "requestBodyEnd",
            "responseHeadersStart",
            "responseHeadersEnd",
            "responseBodyStart",
            "responseBodyEnd",
            "responseFailed",
            "callEnd",
            "callFailed",
            "canceled")
        .map(event -> new Seam("EventListener." + event, scene -> hear(scene, event)));
  }

  private static void hear(Scene scene, String event) throws Exception {
    EventListener listener = Throwing.in(event, EventListener.class, scene);
    Traffic.through(scene, scene.clientOn(builder -> builder.eventListener(listener)));
  }

  private static Stream<Seam> okHttp() {
    return Stream.of(
        new Seam(
            "EventListener.Factory.create",
            scene ->
                Traffic.through(
                    scene,
                    scene.clientOn(
                        builder ->
                            builder.eventListenerFactory(
                                call -> {
                                  throw scene.raise();
                                })))),
        new Seam(
            "Interceptor.intercept",
            scene ->
                Traffic.through(
                    scene,
                    scene.clientOn(
                        builder ->
                            builder.addInterceptor(
                                chain -> {
                                  throw scene.raise();
                                })))),
        new Seam(
            "Interceptor.intercept on the network",
            scene ->
                Traffic.through(
                    scene,
                    scene.clientOn(
                        builder ->
                            builder.addNetworkInterceptor(
                                chain -> {
                                  throw scene.raise();
                                })))),
        new Seam(
            "Interceptor.intercept after the answer",
            scene ->
                Traffic.through(
                    scene,
                    scene.clientOn(
                        builder ->
                            builder.addInterceptor(
                                chain -> {
                                  chain.proceed(chain.request()).close();
                                  throw scene.raise();
                                })))),
        new Seam(
            "Dns.lookup",
            scene ->
                Traffic.through(
                    scene,
                    scene.clientOn(
                        builder ->
                            builder.dns(
                                host -> {
                                  throw scene.raise();
                                })))));
  }

  private static Stream<Seam> bulkheads() {
    return Stream.of(
        new Seam(
            "BulkheadRegistry.onEntryAdded",
            scene -> {
              AsyncHttpClient client = scene.client();
              client.bulkheads().getEventPublisher().onEntryAdded(entry -> raise(scene));
              Traffic.through(scene, client);
            }),
        ofBulkhead("onEvent", (s, all) -> all.getEventPublisher().onEvent(e -> raise(s))),
        ofBulkhead(
            "onCallPermitted",
            (scene, each) -> each.getEventPublisher().onCallPermitted(event -> raise(scene))),
        ofBulkhead(
            "onCallFinished",
            (scene, each) -> each.getEventPublisher().onCallFinished(event -> raise(scene))),
        ofBulkhead(
            "onCallRejected",
            (scene, each) -> each.getEventPublisher().onCallRejected(event -> raise(scene))));
  }

  /** Consumers of a bulkhead that a call makes, and of those that are there. */
  private static Seam ofBulkhead(String consumer, Hook<Bulkhead> hook) {
    return new Seam(
        "Bulkhead." + consumer,
        scene -> {
          AsyncHttpClient client = scene.client();
          Consumer<Bulkhead> hooked = each -> hook.into(scene, each);
          client.bulkheads().getAllBulkheads().forEach(hooked);
          client
              .bulkheads()
              .getEventPublisher()
              .onEntryAdded(entry -> hooked.accept(entry.getAddedEntry()));
          Traffic.through(scene, client);
        });
  }

  private static Stream<Seam> retries() {
    return Stream.of(
        new Seam(
            "RetryRegistry.onEntryAdded",
            scene -> {
              AsyncHttpClient client = scene.client();
              client.retries().getEventPublisher().onEntryAdded(entry -> raise(scene));
              Traffic.through(scene, client);
            }),
        ofRetry("onRetry", (s, retry) -> retry.getEventPublisher().onRetry(e -> raise(s))),
        ofRetry("onSuccess", (s, retry) -> retry.getEventPublisher().onSuccess(e -> raise(s))),
        ofRetry("onEvent", (s, retry) -> retry.getEventPublisher().onEvent(e -> raise(s))),
        ofRetry(
            "onIgnoredError",
            (scene, retry) -> retry.getEventPublisher().onIgnoredError(event -> raise(scene))));
  }

  private static Seam ofRetry(String consumer, Hook<Retry> hook) {
    return new Seam(
        "Retry." + consumer,
        scene -> {
          AsyncHttpClient client = scene.client();
          Consumer<Retry> hooked = each -> hook.into(scene, each);
          client.retries().getAllRetries().forEach(hooked);
          client
              .retries()
              .getEventPublisher()
              .onEntryAdded(entry -> hooked.accept(entry.getAddedEntry()));
          Traffic.through(scene, client);
        });
  }

  private interface Hook<T> {

    void into(Scene scene, T entry);
  }

  private static void raise(Scene scene) {
    throw scene.raise();
  }
}
