package dev.fetchwell.examples.scraper;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchResponse;

/**
 * What became of one address.
 *
 * @param url the address as it was found
 * @param depth how many links it is away from where the crawl began
 * @param result {@code ok}, or in a word why it has no title
 * @param status the status that came, or 0
 * @param title the page's title
 * @param links how many links it has
 * @param bytes how many bytes came
 * @param attempts how many requests it took
 * @param millis how long it took, with waiting
 * @param detail the error, or where a redirect led
 */
public record PageRow(
    String url,
    int depth,
    String result,
    int status,
    String title,
    int links,
    int bytes,
    int attempts,
    long millis,
    String detail) {

  /** Whether it is a page that was read. */
  public boolean wasRead() {
    return result.equals("ok");
  }

  static PageRow page(String url, int depth, FetchResponse response, String title, int links) {
    return row(url, depth, "ok", response, title, links);
  }

  static PageRow other(String url, int depth, String result, FetchResponse response) {
    return row(url, depth, result, response, "", 0);
  }

  static PageRow failed(String url, int depth, FetchError error) {
    return new PageRow(
        url,
        depth,
        error.getClass().getSimpleName(),
        0,
        "",
        0,
        0,
        error.attempts(),
        error.elapsed().toMillis(),
        String.valueOf(error.getMessage()));
  }

  static PageRow notFetched(String url, int depth, String result) {
    return new PageRow(url, depth, result, 0, "", 0, 0, 0, 0, "");
  }

  private static PageRow row(
      String url, int depth, String result, FetchResponse response, String title, int links) {
    String end = response.url().toString();
    return new PageRow(
        url,
        depth,
        result,
        response.status(),
        title,
        links,
        response.body().length,
        response.attempts(),
        response.elapsed().toMillis(),
        end.equals(url) ? "" : end);
  }
}
