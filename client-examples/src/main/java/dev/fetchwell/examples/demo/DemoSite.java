package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A web site of {@value #PAGES} pages that link to each other, and each to something of another
 * kind, good or bad; with a robots.txt, and a sitemap that knows pages to which no link leads.
 */
public final class DemoSite {

  /** How many ordinary pages there are. */
  public static final int PAGES = 300;

  /** How many pages only the sitemap knows. */
  public static final int ORPHANS = 10;

  private static final int CHILDREN = 8;
  private static final int HUGE_BLOCKS = 500;
  private static final List<String> KINDS =
      List.of(
          "gone", "moved", "file", "flaky", "slow", "private", "huge", "error", "reset", "loop",
          "gone", "moved", "file", "slow", "moved", "flaky", "file", "gone", "moved", "private");

  private DemoSite() {}

  /** How many links lead to {@code /site/<kind>/}. */
  public static int count(String kind) {
    return (int) IntStream.range(0, PAGES).filter(page -> kindOf(page).equals(kind)).count();
  }

  static void addTo(Routes routes) {
    routes.add("/", exchange -> page(exchange, 0));
    routes.add("/robots.txt", DemoSite::robots);
    routes.add("/sitemap.xml", DemoSite::sitemap);
    routes.add("/site/page/{n}", exchange -> page(exchange, number(exchange)));
    routes.add("/site/orphan/{n}", DemoSite::leaf);
    routes.add("/site/private/{n}", DemoSite::leaf);
    routes.add("/site/gone/{n}", exchange -> html(exchange, 404, "<h1>Gone</h1>"));
    routes.add("/site/error/{n}", exchange -> html(exchange, 500, "<h1>Oh no</h1>"));
    routes.add("/site/moved/{n}", exchange -> redirect(exchange, "/"));
    routes.add("/site/reset/{n}", DemoExchange::reset);
    routes.add("/site/huge/{n}", exchange -> exchange.stream(200, "text/html", DemoSite::huge));
    routes.add("/site/file/{n}", e -> e.text(200, "application/pdf", "%PDF-1.7 and so on"));
    routes.add("/site/loop/{n}", exchange -> redirect(exchange, exchange.request().path()));
    FlakyPages flaky = new FlakyPages();
    routes.add("/site/flaky/{n}", flaky);
    routes.add(
        "/site/slow/{n}",
        exchange -> {
          exchange.pause(Duration.ofMillis(300));
          leaf(exchange);
        });
  }

  private static String kindOf(int page) {
    return KINDS.get(page % KINDS.size());
  }

  private static int number(DemoExchange exchange) {
    return Integer.parseInt(exchange.variable("n"));
  }

  private static void page(DemoExchange exchange, int page) throws IOException {
    if (page < 0 || page >= PAGES) {
      html(exchange, 404, "<h1>No such page</h1>");
      return;
    }
    StringBuilder text = new StringBuilder();
    text.append("<title>Page ")
        .append(page)
        .append(": \"chairs\", tables &amp; l\u00e4mps</title>");
    text.append("<h1 id=top>Page ").append(page).append("</h1>");
    text.append("<a href=/>home</a> <a href='#top'>top</a> <a href='mailto:a@b.invalid'>mail</a> ");
    text.append("<a href='http://elsewhere.invalid/'>elsewhere</a>\n");
    for (int child = page * CHILDREN + 1; child <= page * CHILDREN + CHILDREN; child++) {
      if (child < PAGES) {
        text.append("<a href='/site/page/").append(child).append("#top'>").append(child);
        text.append("</a>\n");
      }
    }
    String other = "/site/" + kindOf(page) + "/" + page;
    text.append("<a href='").append(other).append("'>").append(other).append("</a>\n");
    html(exchange, 200, text.toString());
  }

  static void leaf(DemoExchange exchange) throws IOException {
    html(exchange, 200, "<title>" + exchange.request().path() + "</title><a href='/'>home</a>");
  }

  private static void redirect(DemoExchange exchange, String target) throws IOException {
    exchange.header("Location", target).text(302, "text/plain", "see " + target);
  }

  private static void html(DemoExchange exchange, int status, String text) throws IOException {
    exchange.text(status, "text/html; charset=utf-8", "<!doctype html>" + text);
  }

  private static void huge(OutputStream body) throws IOException {
    byte[] block = "<p>and so on</p>".repeat(1_000).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < HUGE_BLOCKS; i++) {
      body.write(block);
    }
  }

  private static void robots(DemoExchange exchange) throws IOException {
    String sitemap = "Sitemap: " + origin(exchange) + "/sitemap.xml\n";
    exchange.text(200, "text/plain", "User-agent: *\nDisallow: /site/private/\n\n" + sitemap);
  }

  private static void sitemap(DemoExchange exchange) throws IOException {
    StringBuilder xml = new StringBuilder("<?xml version='1.0' encoding='UTF-8'?>\n");
    xml.append("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n");
    for (int n = 0; n < ORPHANS; n++) {
      String page = origin(exchange) + "/site/orphan/" + n;
      xml.append("<url><loc>").append(page).append("</loc></url>\n");
    }
    exchange.text(200, "application/xml", xml.append("</urlset>\n").toString());
  }

  private static String origin(DemoExchange exchange) {
    return "http://" + exchange.request().header("Host");
  }
}
