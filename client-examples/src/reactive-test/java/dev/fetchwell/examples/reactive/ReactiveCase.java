package dev.fetchwell.examples.reactive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.demo.DemoExchange;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** A server whose log has no end, and a client of it. */
final class ReactiveCase implements AutoCloseable {

  private static final byte[] LINES =
      "a line of sixty-four characters, one of many that are the same..\n"
          .repeat(128)
          .getBytes(StandardCharsets.UTF_8);

  final DemoServer server = DemoServer.start();
  final AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(server.baseUrl()).build();
  private final AtomicLong written = new AtomicLong();

  ReactiveCase() {
    server.routes().add("/log", this::log);
    server.routes().add("/team/users/{id}", DemoExchange::stall);
  }

  /** A client whose every user is one that the server never tells. */
  AsyncHttpClient stalled() {
    return client.toBuilder().baseUrl(server.url("/team")).build();
  }

  private void log(DemoExchange exchange) throws IOException {
    exchange.stream(
        200,
        "text/plain",
        body -> {
          while (true) {
            body.write(LINES);
            written.addAndGet(LINES.length);
          }
        });
  }

  /** That the server, which writes as fast as it can, has come to a halt. */
  void serverCannotGoOnWriting() {
    long[] last = {-1, 0};
    eventually(
        () -> {
          long now = written.get();
          last[1] = now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] > 100;
        });
  }

  void serverSeesTheEndOf(String path) {
    eventually(() -> server.abandoned(path) == 1);
  }

  void serverHasBeenAsked(String path) {
    eventually(() -> server.requests(path) == 1);
  }

  private static void eventually(BooleanSupplier condition) {
    assertThat(Report.becomesTrue(condition)).isTrue();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
