package dev.fetchwell.internal.text;

/** Addresses of web sockets, which are opened by a request to an address of HTTP. */
public final class WebSocketUrl {

  private WebSocketUrl() {}

  /** The URL with {@code http} or {@code https} in place of {@code ws} or {@code wss}. */
  public static String asHttp(String url) {
    if (url.regionMatches(true, 0, "ws:", 0, 3)) {
      return "http:" + url.substring(3);
    }
    return url.regionMatches(true, 0, "wss:", 0, 4) ? "https:" + url.substring(4) : url;
  }
}
