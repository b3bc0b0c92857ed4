package dev.fetchwell.liveness;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.socket.ReconnectingWebSocket;
import java.util.stream.Stream;

/** What web sockets call. */
final class SocketSeams {

  private SocketSeams() {}

  private interface Handling {

    ReconnectingWebSocket.Builder by(Scene scene, ReconnectingWebSocket.Builder builder);
  }

  static Stream<Seam> all() {
    return Stream.of(
        of(
            "WebSocket.onOpen",
            (scene, builder) ->
                builder.onOpen(
                    socket -> {
                      throw scene.raise();
                    })),
        of(
            "WebSocket.onText",
            (scene, builder) ->
                builder.onText(
                    (socket, text) -> {
                      throw scene.raise();
                    })),
        of(
            "WebSocket.onBinary",
            (scene, builder) ->
                builder.onBinary(
                    (socket, bytes) -> {
                      throw scene.raise();
                    })),
        of(
            "WebSocket.onState",
            (scene, builder) ->
                builder.onState(
                    state -> {
                      throw scene.raise();
                    })));
  }

  private static Seam of(String name, Handling handling) {
    return new Seam(
        name,
        scene -> {
          AsyncHttpClient client = scene.client();
          ReconnectingWebSocket socket =
              handling
                  .by(scene, ReconnectingWebSocket.builder(client, scene.url("/socket")))
                  .connect();
          scene.callAndWait(socket::closed);
          scene.callAndWait(socket::opened);
          scene.callAndWait(() -> socket.send("late"));
          scene.callAndWait(() -> client.getString(scene.url("/ok")));
        });
  }
}
