package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testkit.Awaited;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

/** Subscribers of every publisher, which throw in one of their methods. */
final class SubscriberSeams {

  private SubscriberSeams() {}

  private interface Source {

    Flow.Publisher<?> at(AsyncHttpClient client, String url);
  }

  static Stream<Seam> all() {
    return Stream.of(
            of("StreamedResponse.body", SubscriberSeams::body, "/large", "/cut"),
            of("Lines.publisher", SubscriberSeams::lines, "/lines", "/missing"),
            of("NdJson.publisher", SubscriberSeams::values, "/lines", "/missing"),
            of("PageItems.publisher", SubscriberSeams::items, "/pages", "/missing"),
            of("EventStream.publisher", SubscriberSeams::events, "/events", "/missing"),
            of("WebSocket.publisher", SubscriberSeams::messages, "/socket", "/missing"),
            of("Batch.publisher", SubscriberSeams::batch, "/ok", "/missing"))
        .flatMap(seams -> seams);
  }

  /** One path at which the publisher gives something and one at which it fails. */
  private static Stream<Seam> of(String name, Source source, String good, String bad) {
    String ended = name.startsWith("EventStream") ? "/gone" : good;
    return Stream.of(
        seam(name, "onSubscribe", source, good),
        seam(name, "onNext", source, good),
        seam(name, "onComplete", source, ended),
        seam(name, "onError", source, bad));
  }

  private static Seam seam(String name, String method, Source source, String path) {
    return new Seam(
        name + " Subscriber." + method,
        scene -> {
          AsyncHttpClient client = scene.client();
          Flow.Publisher<?> publisher = source.at(client, scene.url(path));
          scene.quietly(() -> publisher.subscribe(new Throws(scene, method)));
          scene.settle(() -> scene.hits() > 0);
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }

  private static Flow.Publisher<?> body(AsyncHttpClient client, String url) {
    return Awaited.value(client.get(url).asStream(), Liveness.LIMIT).body();
  }

  private static Flow.Publisher<?> lines(AsyncHttpClient client, String url) {
    return Lines.from(client.get(url)).publisher();
  }

  private static Flow.Publisher<?> values(AsyncHttpClient client, String url) {
    return NdJson.from(client.get(url), Integer.class).publisher();
  }

  private static Flow.Publisher<?> items(AsyncHttpClient client, String url) {
    return Pages.from(client.get(url), StreamSeams.Page.class)
        .next(StreamSeams.Page::next)
        .items(StreamSeams.Page::items)
        .publisher();
  }

  private static Flow.Publisher<?> events(AsyncHttpClient client, String url) {
    return EventStream.from(client.get(url)).maxFailures(0).publisher();
  }

  private static Flow.Publisher<?> messages(AsyncHttpClient client, String url) {
    return ReconnectingWebSocket.builder(client, url).publisher();
  }

  private static Flow.Publisher<?> batch(AsyncHttpClient client, String url) {
    Iterable<Integer> items = url.endsWith("/missing") ? SubscriberSeams::broken : List.of(1, 2, 3);
    return Batch.of(items, item -> client.getString(url)).publisher();
  }

  private static Iterator<Integer> broken() {
    throw new IllegalStateException("no items");
  }

  /** Asks for everything, and throws in one of its methods. */
  private record Throws(Scene scene, String method) implements Flow.Subscriber<Object> {

    private void heard(String signal) {
      if (signal.equals(method)) {
        throw scene.raise();
      }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      heard("onSubscribe");
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Object item) {
      heard("onNext");
    }

    @Override
    public void onError(Throwable thrown) {
      heard("onError");
    }

    @Override
    public void onComplete() {
      heard("onComplete");
    }
  }
}
