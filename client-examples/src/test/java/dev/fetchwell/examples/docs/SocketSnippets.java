package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.socket.SocketMessage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** The Java blocks of docs/sockets.md. */
@SuppressWarnings("FutureReturnValueIgnored") // Pages show what programs write.
final class SocketSnippets {

  private SocketSnippets() {}

  static ReconnectingWebSocket connect(AsyncHttpClient client, Consumer<String> handle) {
    // region: socket
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client, "wss://feed.example.com/v1")
            .heartbeat(Duration.ofSeconds(15))
            .onOpen(opened -> opened.send("subscribe"))
            .onText((opened, text) -> handle.accept(text))
            .connect();
    // endregion
    return socket;
  }

  static Flow.Publisher<SocketMessage> messages(AsyncHttpClient client) {
    // region: socket-publisher
    Flow.Publisher<SocketMessage> messages =
        ReconnectingWebSocket.builder(client, "wss://feed.example.com/v1")
            .onOpen(opened -> opened.send("subscribe"))
            .publisher();
    // endregion
    return messages;
  }

  static CompletableFuture<Void> stop(ReconnectingWebSocket socket) {
    // region: socket-stop
    CompletableFuture<Void> stopped = socket.stop(Duration.ofSeconds(5));
    // endregion
    return stopped;
  }
}
