package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Bar;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.demo.DemoSite;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.scraper.Crawl;
import dev.fetchwell.examples.scraper.PageRow;
import dev.fetchwell.examples.scraper.Robots;
import dev.fetchwell.examples.scraper.RowWriter;
import dev.fetchwell.examples.scraper.Sitemaps;
import dev.fetchwell.examples.scraper.Summary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A polite crawler: it keeps to robots.txt, to the sites it was given, and to a number of requests
 * at once, in all and per host. Whatever happens to a page is a row in its file.
 */
@Command(
    name = "Scraper",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Crawls sites, and writes each page's title, or what went wrong, into a file.")
public final class Scraper implements Callable<Integer> {

  private static final String AGENT = "fetchwell-example";

  @Option(names = "--url", description = "Where to begin; repeatable. Default: two demo sites.")
  private List<String> urls = new ArrayList<>();

  @Option(names = "--sitemap", description = "A sitemap to begin with; repeatable.")
  private List<String> sitemaps = new ArrayList<>();

  @Option(names = "--depth", description = "How many links to follow from there.")
  private int depth = 5;

  @Option(names = "--max-pages", description = "Stop after this many pages.")
  private int maxPages = 2_000;

  @Option(names = "--concurrency", description = "Pages at once, in all.")
  private int concurrency = 12;

  @Option(names = "--per-host", description = "Pages at once, from one host.")
  private int perHost = 8;

  @Option(names = "--timeout", description = "Seconds for one page, with all retries.")
  private int seconds = 20;

  @Option(names = "--max-bytes", description = "The largest page.")
  private long maxBytes = 1 << 20;

  @Option(names = "--out", description = "The file: .csv, or .jsonl for JSON Lines.")
  private Path file = Path.of("target", "pages.csv");

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream out;
  private final Summary summary = new Summary();
  private int mostAtOnce;

  Scraper(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new Scraper(System.out), args);
  }

  @Override
  public Integer call() throws IOException {
    if (!RowWriter.canWrite(file)) {
      throw wrong("--out: " + file + " (expected: a name that ends with .csv or .jsonl)");
    }
    if (urls.isEmpty() && sitemaps.isEmpty()) {
      return demo();
    }
    crawl(row -> {});
    // A site that gave nothing at all is a failure, a page that did not is a row.
    return summary.count("ok") == 0 ? 1 : 0;
  }

  private void crawl(Consumer<PageRow> audience) throws IOException {
    long start = System.nanoTime();
    try (AsyncHttpClient client = client();
        RowWriter rows = RowWriter.open(file);
        Bar bar = Bar.open(out, "crawl", "pages", 1)) {
      List<String> seeds = new ArrayList<>(urls);
      Set<String> sites = new TreeSet<>();
      for (String sitemap : sitemaps) {
        sites.add(siteOf(sitemap));
        seeds.addAll(Sitemaps.read(client, sitemap));
      }
      urls.forEach(url -> sites.add(siteOf(url)));
      Crawl.Limits limits = new Crawl.Limits(depth, maxPages, concurrency);
      Consumer<PageRow> each =
          row -> {
            rows.write(row);
            summary.add(row);
            mostAtOnce = Math.max(mostAtOnce, client.stats().inFlight());
            audience.accept(row);
          };
      new Crawl(client, Robots.of(client, sites, AGENT), limits, each, bar).run(seeds);
    }
    summary.print(out, Duration.ofNanos(System.nanoTime() - start));
    out.println("rows: " + file.toAbsolutePath());
  }

  private AsyncHttpClient client() {
    return Recorded.builder()
        .userAgent(AGENT)
        .maxConcurrency(concurrency)
        .maxConcurrencyPerHost(Math.min(perHost, concurrency))
        .timeout(Duration.ofSeconds(seconds))
        .maxResponseBytes(maxBytes)
        .build();
  }

  private String siteOf(String url) {
    if (!url.matches("https?://[^/].*")) {
      throw wrong(url + " (expected: an address that begins with http:// or https://)");
    }
    return Robots.site(url);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private int demo() throws IOException {
    Report report = new Report(out);
    Set<String> pages = new TreeSet<>();
    int[] repeated = {0};
    try (DemoServer one = DemoServer.start();
        DemoServer two = DemoServer.start()) {
      urls = List.of(one.url("/"), two.url("/"));
      sitemaps = List.of(one.url("/sitemap.xml"));
      crawl(
          row -> {
            pages.add(row.url());
            repeated[0] += row.wasRead() && row.attempts() > 1 ? 1 : 0;
          });
      claim(report, pages.size());
      report.claim(
          "pages that failed the first time were tried again: " + repeated[0],
          repeated[0] >= 2 * DemoSite.count("flaky"));
      report.claim(
          "nobody asked for what robots.txt keeps private",
          one.maxConcurrency("/site/private") == 0 && two.maxConcurrency("/site/private") == 0);
      // The ordinary pages: one that the client gives up runs on until the server notices.
      report.claim(
          "at most " + concurrency + " requests at once, and " + perHost + " to one host",
          mostAtOnce <= concurrency
              && one.maxConcurrency("/site/page") <= perHost
              && two.maxConcurrency("/site/page") <= perHost);
    }
    return report.end() ? 0 : 1;
  }

  private void claim(Report report, int pages) {
    int good = DemoSite.PAGES + DemoSite.count("slow") + DemoSite.count("flaky");
    int ok = summary.count("ok");
    report.claim(
        "all good pages of both sites were read, and those that only the sitemap knows: " + ok,
        ok == 2 * good + DemoSite.ORPHANS);
    report.claim("no address has two rows", pages == summary.rows());
    report.claim(
        "what failed is a row too",
        summary.count("status 404") == 2 * DemoSite.count("gone")
            && summary.count("status 500") == 2 * DemoSite.count("error")
            && summary.count("status 302") == 2 * DemoSite.count("loop")
            && summary.count("ConnectionError") == 2 * DemoSite.count("reset")
            && summary.count("BodyTooLargeError") == 2 * DemoSite.count("huge"));
    report.claim(
        "so is what was not read: other media types, redirects to known pages, private pages",
        summary.count("not HTML") == 2 * DemoSite.count("file")
            && summary.count("duplicate") == 2 * DemoSite.count("moved")
            && summary.count("robots.txt") == 2 * DemoSite.count("private"));
  }
}
