package dev.fetchwell.examples.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.disposables.Disposable;
import io.reactivex.rxjava3.observers.TestObserver;
import io.reactivex.rxjava3.plugins.RxJavaPlugins;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RxJavaTest {

  private final ReactiveCase world = new ReactiveCase();
  private final RxUsers users = new RxUsers(world.client);
  private final Queue<Throwable> undeliverable = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void hearWhatNobodyHears() {
    RxJavaPlugins.setErrorHandler(undeliverable::add);
  }

  @AfterEach
  void close() {
    world.close();
    RxJavaPlugins.reset();
    assertThat(undeliverable).isEmpty();
  }

  @Test
  void singleSendsForEachSubscriberAndNotBefore() {
    Single<RxUsers.User> user = users.user(7);
    assertThat(world.server.requests()).isZero();

    assertThat(user.blockingGet()).isEqualTo(user.blockingGet());
    assertThat(world.server.requests("/users/7")).isEqualTo(2);
  }

  @Test
  void errorIsTheClients() {
    assertThatThrownBy(() -> users.user(0).blockingGet()).isInstanceOf(ClientStatusError.class);
  }

  @Test
  void disposedSingleHangsUpAndSaysNoMore() {
    TestObserver<RxUsers.User> observer = new RxUsers(world.stalled()).user(8).test();
    world.serverHasBeenAsked("/team/users/8");

    observer.dispose();

    world.serverSeesTheEndOf("/team/users/8");
    observer.assertNoErrors().assertNotComplete();
  }

  @Test
  void cancelledFutureOfAFlowableHangsUp() {
    CompletableFuture<?> all = new RxUsers(world.stalled()).all(List.of(8)).toCompletableFuture();
    world.serverHasBeenAsked("/team/users/8");

    all.cancel(true);

    world.serverSeesTheEndOf("/team/users/8");
  }

  /** The trap: RxJava's own way leaves the call alone. */
  @Test
  void singleOfAStageDoesNotCancel() {
    AsyncHttpClient client = world.stalled();
    Disposable call = Single.fromCompletionStage(client.getString("/users/8")).subscribe();
    world.serverHasBeenAsked("/team/users/8");

    call.dispose();

    assertThat(client.stats().inFlight()).isEqualTo(1);
    client.close();
  }

  /** Another one: what cancels from doOnDispose is heard by the subscriber that has left. */
  @Test
  void cancellingInDoOnDisposeIsHeardAsAnError() {
    CompletableFuture<String> call = new CompletableFuture<>();
    Queue<Throwable> heard = new ConcurrentLinkedQueue<>();
    Disposable subscription =
        Single.fromCompletionStage(call)
            .doOnDispose(() -> call.cancel(true))
            .subscribe(value -> {}, heard::add);

    subscription.dispose();

    assertThat(heard).singleElement().isInstanceOf(CancellationException.class);
  }

  @Test
  void flowableReadsNoMoreThanIsAskedForAndHangsUpWhenCancelled() {
    AskingForThree<String> subscriber = new AskingForThree<>();
    users.log().subscribe(subscriber);
    subscriber.awaitThree();
    world.serverCannotGoOnWriting();

    subscriber.cancel();

    world.serverSeesTheEndOf("/log");
  }
}
