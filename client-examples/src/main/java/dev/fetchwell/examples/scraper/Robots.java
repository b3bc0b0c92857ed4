package dev.fetchwell.examples.scraper;

import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Outcome;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.http.FetchResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What each site's robots.txt allows (RFC 9309): everything if there is none, nothing if the site
 * cannot tell. Immutable.
 */
public final class Robots {

  private static final int NOBODY_KNOWS = 503;

  private final Map<String, BaseRobotRules> rules = new HashMap<>();

  private Robots() {}

  /**
   * Asks each site once.
   *
   * @param sites origins, such as {@code https://example.com}
   * @param agent the crawler's name in robots.txt, in lower case
   */
  public static Robots of(AsyncHttpClient client, Collection<String> sites, String agent) {
    Robots robots = new Robots();
    List<String> each = new ArrayList<>(sites);
    List<Outcome<FetchResponse>> answers =
        Batch.of(each, site -> client.get(site + "/robots.txt").asResponse()).settled().join();
    for (int i = 0; i < each.size(); i++) {
      robots.rules.put(each.get(i), parse(each.get(i) + "/robots.txt", answers.get(i), agent));
    }
    return robots;
  }

  private static BaseRobotRules parse(String url, Outcome<FetchResponse> answer, String agent) {
    SimpleRobotRulesParser parser = new SimpleRobotRulesParser();
    if (!(answer instanceof Outcome.Success<FetchResponse> success)) {
      return parser.failedFetch(NOBODY_KNOWS);
    }
    FetchResponse response = success.value();
    if (response.status() != 200) {
      return parser.failedFetch(response.status());
    }
    String type = response.header("Content-Type").orElse("text/plain");
    return parser.parseContent(url, response.body(), type, List.of(agent));
  }

  /** The scheme, host and port of an address. */
  public static String site(String url) {
    URI uri = URI.create(url);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  /** Whether the address is of one of the sites that were asked. */
  public boolean knows(String url) {
    return rules.containsKey(site(url));
  }

  /** Whether the address may be fetched. */
  public boolean allows(String url) {
    BaseRobotRules known = rules.get(site(url));
    return known != null && known.isAllowed(url);
  }

  /** How far apart the site wants its requests, zero if it does not say. */
  public Duration delay(String url) {
    BaseRobotRules known = rules.get(site(url));
    return known == null ? Duration.ZERO : Duration.ofMillis(Math.max(0, known.getCrawlDelay()));
  }
}
