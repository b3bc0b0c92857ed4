package dev.fetchwell.examples.reactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

@Timeout(60)
class ReactorTest {

  private final ReactiveCase world = new ReactiveCase();
  private final ReactorUsers users = new ReactorUsers(world.client);

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void programEndsWithoutAnError() {
    Reactive.main(new String[0]);
  }

  @Test
  void monoSendsForEachSubscriberAndNotBefore() {
    Mono<ReactorUsers.User> user = users.user(7);
    assertThat(world.server.requests()).isZero();

    assertThat(user.block()).isEqualTo(user.block());
    assertThat(world.server.requests("/users/7")).isEqualTo(2);
  }

  @Test
  void errorIsTheClients() {
    assertThatThrownBy(() -> users.user(0).block()).isInstanceOf(ClientStatusError.class);
  }

  @Test
  void cancelledMonoHangsUp() {
    Disposable call = new ReactorUsers(world.stalled()).user(8).subscribe();
    world.serverHasBeenAsked("/team/users/8");

    call.dispose();

    world.serverSeesTheEndOf("/team/users/8");
  }

  @Test
  void monoThatTimesOutHangsUp() {
    Mono<ReactorUsers.User> user =
        new ReactorUsers(world.stalled()).user(8).timeout(Duration.ofMillis(500));

    assertThatThrownBy(user::block).hasCauseInstanceOf(TimeoutException.class);

    world.serverSeesTheEndOf("/team/users/8");
  }

  @Test
  void cancelledFutureOfAFluxHangsUp() {
    CompletableFuture<?> all = new ReactorUsers(world.stalled()).all(List.of(8));
    world.serverHasBeenAsked("/team/users/8");

    all.cancel(true);

    world.serverSeesTheEndOf("/team/users/8");
  }

  /** What suppressCancel is there for; also for futures that others wait for. */
  @Test
  void monoThatSuppressesCancellingLeavesTheCallAlone() {
    AsyncHttpClient client = world.stalled();
    Disposable call = Mono.fromFuture(() -> client.getString("/users/8"), true).subscribe();
    world.serverHasBeenAsked("/team/users/8");

    call.dispose();

    assertThat(client.stats().inFlight()).isEqualTo(1);
    client.close();
  }

  /** The trap: without the supplier it is one call, sent at once, and a retry has its old error. */
  @Test
  void monoOfAFutureThatIsThereSendsWithoutASubscriber() {
    Mono<String> user = Mono.fromFuture(world.client.getString("/users/0"));
    world.serverHasBeenAsked("/users/0");

    assertThatThrownBy(user.retry(3)::block).isInstanceOf(ClientStatusError.class);
    assertThat(world.server.requests("/users/0")).isEqualTo(1);
  }

  @Test
  void fluxReadsNoMoreThanIsAskedForAndHangsUpWhenCancelled() {
    AskingForThree<String> subscriber = new AskingForThree<>();
    users.log().subscribe(subscriber);
    subscriber.awaitThree();
    world.serverCannotGoOnWriting();

    subscriber.cancel();

    world.serverSeesTheEndOf("/log");
  }

  @Test
  void handlersMonoIsCancelledWithTheStream() throws InterruptedException {
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    Mono<Void> never =
        Mono.<Void>never()
            .doOnSubscribe(subscription -> began.countDown())
            .doOnCancel(cancelled::countDown);
    CompletableFuture<Long> stored = users.store(line -> never);
    began.await();

    stored.cancel(true);

    cancelled.await();
    world.serverSeesTheEndOf("/log");
  }
}
