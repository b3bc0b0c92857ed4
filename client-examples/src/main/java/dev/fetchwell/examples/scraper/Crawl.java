package dev.fetchwell.examples.scraper;

import crawlercommons.filters.basic.BasicURLNormalizer;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.http.FetchResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jspecify.annotations.Nullable;

/**
 * Follows the links of some sites, level by level: all pages of one depth are a batch, and the
 * links in them are the next. Confined to one thread; rows come one at a time.
 */
public final class Crawl {

  private final AsyncHttpClient client;
  private final Robots robots;
  private final Limits limits;
  private final Consumer<PageRow> rows;
  private final Bar bar;
  private final BasicURLNormalizer normalizer = new BasicURLNormalizer();
  private final Pace pace = new Pace();
  private final Set<String> seen = new HashSet<>();
  private int accepted;
  private int done;

  /**
   * Where to stop.
   *
   * @param depth how many links away from the first pages
   * @param pages how many pages in all
   * @param concurrency how many pages at once
   */
  public record Limits(int depth, int pages, int concurrency) {}

  /** A crawl of the sites that the robots know. */
  public Crawl(
      AsyncHttpClient client, Robots robots, Limits limits, Consumer<PageRow> rows, Bar bar) {
    this.client = client;
    this.robots = robots;
    this.limits = limits;
    this.rows = rows;
    this.bar = bar;
  }

  /** Crawls from these addresses on; blocks until there is nothing left to fetch. */
  public void run(Collection<String> seeds) {
    List<String> level = fresh(seeds, 0);
    for (int depth = 0; !level.isEmpty(); depth++) {
      List<String> links = new ArrayList<>();
      int here = depth;
      Batch.of(level, this::fetch)
          .concurrency(limits.concurrency())
          .forEach((url, outcome) -> links.addAll(read(url, here, outcome)))
          .join();
      level = depth < limits.depth() ? fresh(links, depth + 1) : List.of();
    }
  }

  private CompletableFuture<FetchResponse> fetch(String url) {
    Duration wait = pace.turn(Robots.site(url), robots.delay(url), System.nanoTime());
    if (wait.isZero()) {
      return client.get(url).accept("text/html").asResponse();
    }
    return new CompletableFuture<@Nullable Void>()
        .completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS)
        .thenCompose(nothing -> client.get(url).accept("text/html").asResponse());
  }

  /** Which of these may and should be fetched, each once. */
  private List<String> fresh(Collection<String> links, int depth) {
    List<String> fresh = new ArrayList<>();
    for (String link : links) {
      @Nullable String url = normalizer.filter(link);
      if (url == null || !isCrawled(url) || accepted == limits.pages() || !seen.add(url)) {
        continue;
      }
      if (robots.allows(url)) {
        accepted++;
        fresh.add(url);
      } else {
        rows.accept(PageRow.notFetched(url, depth, "robots.txt"));
      }
    }
    return fresh;
  }

  private boolean isCrawled(String url) {
    return url.startsWith("http") && robots.knows(url);
  }

  /** Writes the row; the links to follow. */
  private List<String> read(String url, int depth, Outcome<FetchResponse> outcome) {
    bar.show(++done, accepted);
    if (outcome instanceof Outcome.Failure<FetchResponse> failure) {
      rows.accept(PageRow.failed(url, depth, failure.error()));
      return List.of();
    }
    FetchResponse response = outcome.orElseThrow();
    String result = resultOf(url, response);
    if (!result.isEmpty()) {
      rows.accept(PageRow.other(url, depth, result, response));
      return List.of();
    }
    Document page = parse(response);
    List<String> links = page.select("a[href]").eachAttr("abs:href");
    rows.accept(PageRow.page(url, depth, response, page.title(), links.size()));
    return links;
  }

  /** Why the response is not a page to read, or an empty string. */
  private String resultOf(String url, FetchResponse response) {
    if (response.status() != 200) {
      return "status " + response.status();
    }
    String type = response.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (!type.startsWith("text/html") && !type.startsWith("application/xhtml")) {
      return "not HTML";
    }
    String end = normalizer.filter(response.url().toString());
    if (!end.equals(url) && !isCrawled(end)) {
      return "other site";
    }
    return !end.equals(url) && !seen.add(end) ? "duplicate" : "";
  }

  private static Document parse(FetchResponse response) {
    boolean told = response.header("Content-Type").orElse("").contains("charset");
    @Nullable String charset = told ? response.charset().name() : null; // null: as <meta> says.
    try {
      return Jsoup.parse(
          new ByteArrayInputStream(response.body()), charset, response.url().toString());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
