package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Answers with one page of a list, and with a {@code Link} header to the next one as long as there
 * is one.
 */
final class Page {

  private static final int MAX_SIZE = 100;

  private Page() {}

  static void answer(DemoExchange exchange, int total, IntFunction<?> resource) throws IOException {
    DemoRequest request = exchange.request();
    int page = (int) Math.max(1, Math.min(request.number("page", 1), total));
    int size = (int) Math.max(1, Math.min(request.number("size", 20), MAX_SIZE));
    int from = (page - 1) * size + 1;
    int to = Math.min(total, page * size);
    if (to < total) {
      String next = request.path() + "?page=" + (page + 1) + "&size=" + size;
      exchange.header("Link", "<" + next + ">; rel=\"next\"");
    }
    List<?> resources = IntStream.rangeClosed(from, to).mapToObj(resource).toList();
    exchange.header("X-Total-Count", Integer.toString(total)).json(200, resources);
  }
}
