package dev.fetchwell.examples.reactive;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.stream.Lines;
import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.core.Single;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.reactivestreams.FlowAdapters;

/** The client in a program on RxJava 3. */
// region: rxjava
final class RxUsers {

  record User(int id, String name) {}

  private final AsyncHttpClient client;

  RxUsers(AsyncHttpClient client) {
    this.client = client;
  }

  /** Sends for each subscriber; one that disposes of it hangs up. */
  static <T> Single<T> single(Supplier<CompletableFuture<T>> send) {
    return Single.create(
        emitter -> {
          CompletableFuture<T> call = send.get();
          emitter.setCancellable(() -> call.cancel(true));
          CompletableFuture<T> unused =
              call.whenComplete(
                  (value, thrown) -> {
                    if (thrown == null) {
                      emitter.onSuccess(value);
                    } else {
                      emitter.tryOnError(thrown); // Nobody hears it after a dispose().
                    }
                  });
        });
  }

  Single<User> user(int id) {
    return single(() -> client.get("/users/{id}", id).asJson(User.class));
  }

  /** As they come, at most 16 calls at a time. */
  Flowable<User> users(List<Integer> ids) {
    return Flowable.fromIterable(ids).flatMapSingle(this::user, false, 16);
  }

  /** Reads no more than its subscriber asks for. */
  Flowable<String> log() {
    return Flowable.fromPublisher(
        FlowAdapters.toPublisher(Lines.from(client.get("/log")).publisher()));
  }

  /** Back again: cancelling it as a CompletableFuture cancels what is behind it. */
  CompletionStage<List<User>> all(List<Integer> ids) {
    return users(ids).toList().toCompletionStage();
  }
}

// endregion
