package dev.fetchwell.examples.demo;

import dev.fetchwell.socket.SocketMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A feed of numbered messages over a web socket, {@code {"number": 17}} and so on, which keeps them
 * all. It begins with {@code from}, or, if the query does not say, with the number that the
 * client's first message says: {@code {"from": 17}}. Behind {@code total} it closes with 1000; 0:
 * never.
 *
 * <p>{@code trouble} lists what happens to its connections by turns, after {@code every} messages
 * or so: {@code drop} ends one without a close frame, {@code reset} with a TCP reset, {@code stall}
 * leaves it open without a word and without a pong, a close code such as 1012 closes it, a status
 * such as 503 refuses it at once. The first request for a name makes its {@link FeedPlan}.
 */
final class FeedRoute implements Route {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int POLICY_VIOLATION = 1008;
  private static final int NORMAL = 1000;

  private final Map<String, FeedPlan> plans = new ConcurrentHashMap<>();

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    DemoRequest request = exchange.request();
    long from = request.number("from", 0);
    long total = request.number("total", 0);
    Duration pace = Duration.ofMillis(request.number("pace", 2));
    FeedPlan.Connection planned =
        plans.computeIfAbsent(exchange.variable("name"), name -> FeedPlan.of(request)).next();
    if (planned.isRefused()) {
      exchange.error(Integer.parseInt(planned.ending()), "not now");
      return;
    }
    exchange.webSocket(
        socket -> {
          long first = from > 0 ? from : wanted(socket);
          if (first > 0) {
            feed(socket, first, total, pace, planned);
          } else {
            socket.close(POLICY_VIOLATION, "expected: {\"from\": 1}");
          }
        });
  }

  /** The number that the client asks for; 0 if it does not. */
  private static long wanted(DemoSocket socket) throws IOException {
    if (!(socket.next() instanceof SocketMessage.Text message)) {
      return 0;
    }
    try {
      JsonNode from = JSON.readTree(message.text()).path("from");
      return from.isIntegralNumber() ? from.asLong() : 0;
    } catch (JacksonException notJson) {
      return 0;
    }
  }

  private static void feed(
      DemoSocket socket, long first, long total, Duration pace, FeedPlan.Connection planned)
      throws IOException {
    long end = total == 0 ? Long.MAX_VALUE : total;
    long sent = 0;
    for (long number = first; number <= end; number++) {
      if (sent == planned.messages()) {
        end(socket, planned.ending());
        return;
      }
      socket.send("{\"number\": " + number + "}");
      sent++;
      socket.pause(pace);
    }
    socket.close(NORMAL, "that was all");
  }

  private static void end(DemoSocket socket, String ending) throws IOException {
    switch (ending) {
      case "drop" -> socket.drop();
      case "reset" -> socket.reset();
      case "stall" -> socket.stall();
      default -> socket.close(Integer.parseInt(ending), "as planned");
    }
  }
}
