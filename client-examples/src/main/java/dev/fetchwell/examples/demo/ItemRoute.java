package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code total} items of about 1 KiB, in pages of {@code size} items behind the item {@code after},
 * each page with the address of the next.
 */
final class ItemRoute implements Route {

  private static final int MAX_SIZE = 1_000;
  private static final String DESCRIPTION = "something that one can buy; ".repeat(36);

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    DemoRequest request = exchange.request();
    long total = request.number("total", 40_000);
    long after = Math.max(0, request.number("after", 0));
    long size = Math.max(1, Math.min(request.number("size", 500), MAX_SIZE));
    long last = Math.min(total, after + size);
    List<Item> items =
        LongStream.rangeClosed(after + 1, last)
            .mapToObj(id -> new Item(id, "item " + id, DESCRIPTION))
            .toList();
    String next = "/items?total=" + total + "&size=" + size + "&after=" + last;
    exchange.json(200, new ItemPage(items, last < total ? next : null));
  }

  record Item(long id, String name, String description) {}

  record ItemPage(List<Item> items, @Nullable String next) {}
}
