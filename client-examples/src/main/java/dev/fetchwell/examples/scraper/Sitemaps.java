package dev.fetchwell.examples.scraper;

import crawlercommons.sitemaps.AbstractSiteMap;
import crawlercommons.sitemaps.SiteMap;
import crawlercommons.sitemaps.SiteMapIndex;
import crawlercommons.sitemaps.SiteMapParser;
import crawlercommons.sitemaps.UnknownFormatException;
import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the addresses in a sitemap, or in all the sitemaps of an index. */
public final class Sitemaps {

  private static final int MOST = 100;

  private Sitemaps() {}

  /** The addresses; blocks. */
  public static List<String> read(AsyncHttpClient client, String url) throws IOException {
    List<String> pages = new ArrayList<>();
    Deque<String> waiting = new ArrayDeque<>(List.of(url));
    Set<String> seen = new HashSet<>();
    while (!waiting.isEmpty() && seen.size() < MOST) {
      String next = waiting.remove();
      if (!seen.add(next)) {
        continue;
      }
      AbstractSiteMap sitemap = parse(client.getBytes(next).join(), next);
      if (sitemap instanceof SiteMapIndex index) {
        index.getSitemaps().forEach(child -> waiting.add(child.getUrl().toString()));
      } else if (sitemap instanceof SiteMap map) {
        map.getSiteMapUrls().forEach(page -> pages.add(page.getUrl().toString()));
      }
    }
    return pages;
  }

  private static AbstractSiteMap parse(byte[] content, String url) throws IOException {
    try {
      return new SiteMapParser().parseSiteMap(content, URI.create(url).toURL());
    } catch (UnknownFormatException e) {
      throw new IOException(url + " is not a sitemap: " + e.getMessage(), e);
    }
  }
}
