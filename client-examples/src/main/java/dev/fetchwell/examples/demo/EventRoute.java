package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A feed of server-sent events, numbered from 1 to {@code total}, that keeps them all and goes on
 * behind {@code Last-Event-ID}. After {@code cut} events it ends the connection: properly, or in
 * the middle of an event with a TCP reset, by turns. After the last event it answers 204.
 */
final class EventRoute implements Route {

  private static final Duration PACE = Duration.ofMillis(1);

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    long total = exchange.request().number("total", 200);
    long cut = Math.max(1, exchange.request().number("cut", 17));
    long last = number(exchange.request().header("Last-Event-ID"));
    if (last >= total) {
      exchange.empty(204);
      return;
    }
    long end = Math.min(total, last + cut);
    exchange.stream(
        200,
        "text/event-stream",
        body -> {
          write(body, "retry: 20\n\n");
          for (long id = last + 1; id <= end; id++) {
            write(body, "id: " + id + "\nevent: tick\ndata: " + data(id) + "\n\n");
            exchange.pause(PACE);
          }
          if (end < total && end / cut % 2 == 1) {
            write(body, "id: " + (end + 1) + "\ndata: half an ev");
            exchange.reset();
          }
        });
  }

  private static String data(long id) {
    return "{\"number\": " + id + "}";
  }

  private static long number(@Nullable String lastEventId) {
    return lastEventId == null ? 0 : Long.parseLong(lastEventId);
  }

  private static void write(OutputStream body, String text) throws IOException {
    body.write(text.getBytes(StandardCharsets.UTF_8));
    body.flush();
  }
}
