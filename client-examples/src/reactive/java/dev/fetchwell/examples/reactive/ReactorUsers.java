package dev.fetchwell.examples.reactive;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.stream.Lines;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The client in a program on Reactor. */
// region: reactor
final class ReactorUsers {

  record User(int id, String name) {}

  private final AsyncHttpClient client;

  ReactorUsers(AsyncHttpClient client) {
    this.client = client;
  }

  /** Sends for each subscriber; one that cancels hangs up. */
  Mono<User> user(int id) {
    return Mono.fromFuture(() -> client.get("/users/{id}", id).asJson(User.class));
  }

  /** As they come, at most 16 calls at a time. */
  Flux<User> users(List<Integer> ids) {
    return Flux.fromIterable(ids).flatMap(this::user, 16);
  }

  /** Reads no more than its subscriber asks for. */
  Flux<String> log() {
    return JdkFlowAdapter.flowPublisherToFlux(Lines.from(client.get("/log")).publisher());
  }

  /** Back again: cancelling the future cancels what is behind it, down to the wire. */
  CompletableFuture<List<User>> all(List<Integer> ids) {
    return users(ids).collectList().toFuture();
  }

  /** A Mono as a handler: the next line is read when it has ended. */
  CompletableFuture<Long> store(Function<String, Mono<Void>> insert) {
    return Lines.from(client.get("/log")).forEachAsync(line -> insert.apply(line).toFuture());
  }
}

// endregion
