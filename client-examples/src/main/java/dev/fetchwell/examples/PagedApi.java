package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.stream.Pages;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * All items of a paged API, one by one, through a consumer that is slower than the API: no page is
 * fetched long before it is needed, so memory does not grow with the number of items.
 */
@Command(
    name = "PagedApi",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Streams all items of a paged API through a slow consumer, with flat memory.")
public final class PagedApi implements Callable<Integer> {

  private static final int DEMO_ITEMS = 40_000;
  private static final int DEMO_PAGE = 500;
  private static final long MIB = 1 << 20;
  private static final int BREAK_EVERY = 250;

  @Option(names = "--url", description = "The first page. Default: a demo server.")
  private @Nullable String url;

  @Option(names = "--items", description = "JSON pointer to a page's items.")
  private String items = "/items";

  @Option(names = "--next", description = "JSON pointer to the next page's URL.")
  private String next = "/next";

  @Option(names = "--link-header", description = "The next page's URL is in the Link header.")
  private boolean linkHeader;

  @Option(names = "--max-pages", description = "Stop after this many pages.")
  private int maxPages = 1_000;

  @Option(names = "--break", description = "The consumer's pause after each 250 items, in ms.")
  private int breakMillis = 5;

  private final PrintStream out;
  private long consumed;
  private long characters;
  private long firstHeap;
  private long lastHeap;

  PagedApi(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new PagedApi(System.out), args);
  }

  @Override
  public Integer call() {
    if (url == null) {
      return demo();
    }
    try (AsyncHttpClient client = Recorded.client()) {
      long count = stream(client, url, () -> {});
      out.println(count + " items, " + characters / MIB + " MiB of JSON");
      if (count == 0) {
        out.println("There is nothing at " + items + " in the first page: see --items.");
      }
      return count == 0 ? 1 : 0;
    }
  }

  private long stream(AsyncHttpClient client, String first, Runnable onBreak) {
    Pages<JsonNode> pages = Pages.from(client.get(first), JsonNode.class).maxPages(maxPages);
    pages = linkHeader ? pages.linkHeader() : pages.next(page -> page.at(next).asString(""));
    firstHeap = usedHeap();
    out.println("heap before: " + firstHeap / MIB + " MiB");
    long count =
        pages.items(page -> page.at(items)).forEachAsync(item -> consume(item, onBreak)).join();
    lastHeap = usedHeap();
    out.println("heap after:  " + lastHeap / MIB + " MiB");
    return count;
  }

  /** The next item comes when the returned future completes; null: at once. */
  private @Nullable CompletableFuture<?> consume(JsonNode item, Runnable onBreak) {
    consumed++;
    characters += item.toString().length();
    if (consumed % 10_000 == 0) {
      out.println("  after " + consumed + " items: " + usedHeap() / MIB + " MiB");
    }
    if (consumed % BREAK_EVERY != 0) {
      return null;
    }
    onBreak.run();
    Executor later = CompletableFuture.delayedExecutor(breakMillis, TimeUnit.MILLISECONDS);
    return CompletableFuture.runAsync(() -> {}, later);
  }

  /** What is still in use after a collection. */
  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private int demo() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      long[] furthestAhead = {0};
      long count =
          stream(
              client,
              "/items?total=" + DEMO_ITEMS + "&size=" + DEMO_PAGE,
              () -> {
                long needed = (consumed + DEMO_PAGE - 1) / DEMO_PAGE;
                furthestAhead[0] = Math.max(furthestAhead[0], server.requests("/items") - needed);
              });
      long read = characters / MIB;
      long grown = (lastHeap - firstHeap) / MIB;
      report.claim(
          "all " + DEMO_ITEMS + " items came", count == DEMO_ITEMS && consumed == DEMO_ITEMS);
      report.claim(
          "in " + DEMO_ITEMS / DEMO_PAGE + " requests, never more than one page ahead",
          server.requests("/items") == DEMO_ITEMS / DEMO_PAGE && furthestAhead[0] <= 1);
      report.claim(
          read + " MiB of JSON went through, and the heap grew by " + grown + " MiB",
          read >= 32 && grown <= 8);
    }
    return report.end() ? 0 : 1;
  }
}
