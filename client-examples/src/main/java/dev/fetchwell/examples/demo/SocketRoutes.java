package dev.fetchwell.examples.demo;

import dev.fetchwell.socket.SocketMessage;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Web sockets: an echo, a chat, and a feed. */
final class SocketRoutes {

  private SocketRoutes() {}

  static void addTo(Routes routes) {
    routes.add("/socket/echo", exchange -> exchange.webSocket(SocketRoutes::echo));
    Set<DemoSocket> members = ConcurrentHashMap.newKeySet();
    routes.add("/socket/chat", exchange -> exchange.webSocket(socket -> chat(socket, members)));
    routes.add("/socket/feed/{name}", new FeedRoute());
  }

  private static void echo(DemoSocket socket) throws IOException {
    for (SocketMessage m = socket.next(); m != null; m = socket.next()) {
      socket.send(m);
    }
  }

  private static void chat(DemoSocket socket, Set<DemoSocket> members) throws IOException {
    members.add(socket);
    try {
      for (SocketMessage m = socket.next(); m != null; m = socket.next()) {
        for (DemoSocket member : members) {
          sendIfThere(member, m);
        }
      }
    } finally {
      members.remove(socket);
    }
  }

  private static void sendIfThere(DemoSocket member, SocketMessage message) {
    try {
      member.send(message);
    } catch (IOException gone) {
      // Its own thread notices, too, and takes it off the list.
    }
  }
}
