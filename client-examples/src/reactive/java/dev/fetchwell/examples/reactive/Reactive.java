package dev.fetchwell.examples.reactive;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.demo.DemoServer;
import java.util.List;

/** Calls in Reactor and in RxJava, against a server that this process starts for itself. */
public final class Reactive {

  private Reactive() {}

  public static void main(String[] args) {
    List<Integer> ids = List.of(1, 2, 3);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build()) {
      server.routes().add("/log", log -> log.text(200, "text/plain", "one\ntwo\nthree\n"));

      ReactorUsers reactor = new ReactorUsers(client);
      System.out.println("Reactor: " + reactor.user(7).block());
      System.out.println("Reactor: " + reactor.all(ids).join().size() + " users");
      System.out.println("Reactor: " + reactor.log().take(2).collectList().block());

      RxUsers rx = new RxUsers(client);
      System.out.println("RxJava: " + rx.user(7).blockingGet());
      System.out.println("RxJava: " + rx.all(ids).toCompletableFuture().join().size() + " users");
      System.out.println("RxJava: " + rx.log().take(2).toList().blockingGet());
    }
  }
}
