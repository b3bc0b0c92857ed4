package dev.fetchwell.examples.modules;

import com.sun.net.httpserver.HttpServer;
import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Calls a server that it starts for itself, and says of which module each part is. */
public final class Main {

  record User(int id, String name) {}

  private Main() {}

  public static void main(String[] args) throws IOException {
    HttpServer server = serve("{\"id\":7,\"name\":\"Ada\"}");
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    try (AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(url).build()) {
      User user = client.get("/users/{id}", 7).asJson(User.class).join();
      System.out.println(user + " in " + nameOf(Main.class) + " by " + nameOf(client.getClass()));
    } finally {
      server.stop(0);
    }
  }

  private static HttpServer serve(String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/users/7",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static String nameOf(Class<?> type) {
    return type.getModule().isNamed() ? type.getModule().getName() : "the class path";
  }
}
