package dev.fetchwell;

import dev.fetchwell.http.Header;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** {@code Authorization: Basic} of RFC 7617, in UTF-8. */
final class BasicAuth {

  private BasicAuth() {}

  static String value(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  /** What stood before the host in a URL. */
  static Header ofUserInfo(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return new Header("Authorization", value(decode(user), decode(password)), true);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
