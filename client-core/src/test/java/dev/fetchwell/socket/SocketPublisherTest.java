package dev.fetchwell.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages as a publisher. */
@Timeout(60)
class SocketPublisherTest {

  private final AsyncHttpClient client = AsyncHttpClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  private static final class Recorder implements Flow.Subscriber<SocketMessage> {

    final List<SocketMessage> messages = new CopyOnWriteArrayList<>();
    volatile Flow.@Nullable Subscription subscription;
    volatile @Nullable Throwable error;
    volatile boolean complete;

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
    }

    Flow.Subscription subscription() {
      Flow.Subscription known = subscription;
      if (known == null) {
        throw new AssertionError("not subscribed");
      }
      return known;
    }

    @Override
    public void onNext(SocketMessage message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable thrown) {
      error = thrown;
    }

    @Override
    public void onComplete() {
      complete = true;
    }
  }

  @Test
  void messagesComeAsTheyAreAskedForAndCancellingSaysGoodbye() {
    List<Integer> codes = new CopyOnWriteArrayList<>();
    try (ScriptedServer server =
        ScriptedServer.start(
            exchange -> {
              WebSocketPeer peer = WebSocketPeer.accept(exchange);
              peer.text("one");
              peer.frame(WebSocketPeer.FIN | WebSocketPeer.BINARY, new byte[] {2});
              peer.text("three");
              codes.add(peer.nextMessage().code());
              exchange.close();
            })) {
      Recorder recorder = new Recorder();
      ReconnectingWebSocket.builder(client, server.url("/")).publisher().subscribe(recorder);
      recorder.subscription().request(2);
      Eventually.holds(() -> recorder.messages.size() == 2, "two messages");
      assertThat(recorder.messages)
          .containsExactly(new SocketMessage.Text("one"), new SocketMessage.Binary(new byte[] {2}));

      recorder.subscription().cancel();

      Eventually.holds(() -> codes.equals(List.of(1000)), "the close frame");
      Quiet.assertNothingLeft(client);
      assertThat(recorder.messages).hasSize(2);
      assertThat(recorder.complete).isFalse();
    }
  }

  @Test
  void refusalIsTheSubscribersError() {
    try (ScriptedServer server = ScriptedServer.start(exchange -> exchange.respond(403, ""))) {
      Recorder recorder = new Recorder();
      ReconnectingWebSocket.builder(client, server.url("/")).publisher().subscribe(recorder);

      Eventually.holds(() -> recorder.error != null, "an error");
      assertThat(recorder.error).isInstanceOf(ClientStatusError.class);
    }
  }

  @Test
  void demandThatIsNoneIsTheSubscribersError() {
    try (ScriptedServer server =
        ScriptedServer.start(exchange -> WebSocketPeer.accept(exchange).serve())) {
      Recorder recorder = new Recorder();
      ReconnectingWebSocket.builder(client, server.url("/")).publisher().subscribe(recorder);
      recorder.subscription().request(0);

      Eventually.holds(() -> recorder.error != null, "an error");
      assertThat(recorder.error).isInstanceOf(IllegalArgumentException.class);
      Quiet.assertNothingLeft(client);
    }
  }

  @Test
  void messagesGoToOneOfTheTwo() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ReconnectingWebSocket.builder(client, "ws://localhost:1/")
                    .onText((socket, text) -> {})
                    .publisher())
        .withMessageContaining("no onText and no onBinary");
  }
}
