package dev.fetchwell.internal.text;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An absolute http or https address, checked once and without user info.
 *
 * <p>Characters that browsers accept but RFC 3986 does not (spaces, umlauts, brackets in a query)
 * are percent-encoded; host names outside ASCII become Punycode as IDNA 2008 says.
 */
public final class RequestUri {

  /** The length of a label of a host name, by DNS. */
  private static final int MAX_LABEL = 63;

  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*");
  private static final Pattern IPV6 = Pattern.compile("\\[[0-9A-Fa-f:.]+]");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");
  private static final String ILLEGAL = " \"<>\\^`{|}";

  private final URI uri;
  private final @Nullable String userInfo;

  private RequestUri(URI uri, @Nullable String userInfo) {
    this.uri = uri;
    this.userInfo = userInfo;
  }

  /**
   * Parses an absolute URL.
   *
   * @throws IllegalArgumentException if it is malformed, relative, or not http(s); the message
   *     contains no query value and no user info
   */
  public static RequestUri parse(String url) {
    int colon = url.indexOf(':');
    String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!url.startsWith("//", colon + 1) && (scheme.equals("http") || scheme.equals("https"))) {
      throw invalid("no host", url);
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      // What stands before a colon alone may be a user's name.
      boolean named = url.startsWith("//", colon + 1) && SCHEME.matcher(scheme).matches();
      throw invalid(named ? "scheme " + scheme : "no http(s) scheme", url);
    }
    int authorityStart = colon + 3;
    int authorityEnd = endOfAuthority(url, authorityStart);
    if (url.startsWith("\\", authorityEnd)) {
      // Some parsers take it for a slash and some for a part of the host.
      throw invalid("backslash", url);
    }
    String authority = url.substring(authorityStart, authorityEnd);
    int at = authority.lastIndexOf('@');
    String hostPort = authority.substring(at + 1);
    int portColon = hostPort.lastIndexOf(':');
    boolean hasPort = portColon > hostPort.lastIndexOf(']');
    String host = asciiHost(hasPort ? hostPort.substring(0, portColon) : hostPort, url);
    // An empty port is legal (RFC 3986, section 3.2.3) and means the scheme's own.
    String digits = hasPort ? hostPort.substring(portColon + 1) : "";
    int port = digits.isEmpty() ? -1 : port(digits, url);
    String address = scheme + "://" + host + (port < 0 ? "" : ":" + port);
    URI uri = uri(address + encode(url.substring(authorityEnd), url), url);
    return new RequestUri(uri, at < 0 ? null : authority.substring(0, at));
  }

  /** Resolves a reference, such as a {@code Location}, as RFC 3986, section 5.2 says. */
  public static RequestUri resolve(URI base, String reference) {
    return parse(UriReference.resolve(base, reference.strip()));
  }

  /** The address, absolute and without user info. */
  public URI uri() {
    return uri;
  }

  /** The user info that stood before the host, still percent-encoded. */
  public Optional<String> userInfo() {
    return Optional.ofNullable(userInfo);
  }

  /**
   * The host in lower case, with the port where it is not the scheme's own: a name for limits.
   *
   * @param url of this class, so without user info
   */
  public static String hostAndPort(URI url) {
    String authority = url.getRawAuthority();
    String schemesOwn = isSecure(url) ? ":443" : ":80";
    return authority.endsWith(schemesOwn)
        ? authority.substring(0, authority.length() - schemesOwn.length())
        : authority;
  }

  /** Whether scheme, host and port are the same. */
  public static boolean sameOrigin(URI one, URI other) {
    return one.getScheme().equals(other.getScheme()) && hostAndPort(one).equals(hostAndPort(other));
  }

  /** Whether the connection is encrypted. */
  public static boolean isSecure(URI url) {
    return url.getScheme().equals("https");
  }

  /** The address with further query parameters, each a name and a value. */
  public RequestUri withQuery(List<String[]> parameters) {
    if (parameters.isEmpty()) {
      return this;
    }
    String whole = uri.toString();
    int end = firstOf(whole, 0, "#");
    String before = uri.getRawQuery();
    StringBuilder longer = new StringBuilder(whole.substring(0, end));
    String separator = before == null ? "?" : before.isEmpty() ? "" : "&";
    for (String[] parameter : parameters) {
      longer.append(separator).append(UrlTemplate.encode(parameter[0]));
      longer.append('=').append(UrlTemplate.encode(parameter[1]));
      separator = "&";
    }
    return new RequestUri(
        URI.create(longer.append(whole, end, whole.length()).toString()), userInfo);
  }

  /** The address without the query parameters of some names. */
  public RequestUri withoutQuery(Set<String> names) {
    String query = uri.getRawQuery();
    if (names.isEmpty() || query == null) {
      return this;
    }
    String kept =
        Stream.of(query.split("&", -1))
            .filter(parameter -> !names.contains(nameOf(parameter)))
            .collect(Collectors.joining("&"));
    String whole = uri.toString();
    int start = whole.indexOf('?');
    String fragment = whole.substring(start + 1 + query.length());
    return new RequestUri(
        URI.create(whole.substring(0, start) + (kept.isEmpty() ? "" : "?" + kept) + fragment),
        userInfo);
  }

  private static String nameOf(String parameter) {
    String name = parameter.substring(0, firstOf(parameter, 0, "="));
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return name;
    }
  }

  /** The address for messages and logs: each query value as {@code ***}, no fragment. */
  public static String redacted(URI url) {
    return redact(url.toString());
  }

  /**
   * A text that is meant as a URL but is none, for messages: everything before its last {@code @}
   * and behind the first {@code ?} or {@code #} is hidden.
   */
  public static String printable(String url) {
    return Redaction.ofText(url);
  }

  @Override
  public String toString() {
    return redacted(uri);
  }

  /** As {@link #redacted}: an address that parses, perhaps below a base URL. */
  public static String redact(String url) {
    return Redaction.ofAddress(url);
  }

  static IllegalArgumentException invalid(String problem, String url) {
    return new IllegalArgumentException(
        problem + " in URL '" + printable(url) + "' (expected: such as https://example.com/path)");
  }

  private static int endOfAuthority(String url, int start) {
    return firstOf(url, start, "/?#\\");
  }

  private static int firstOf(String text, int start, String marks) {
    for (int i = start; i < text.length(); i++) {
      if (marks.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return text.length();
  }

  private static String asciiHost(String host, String url) {
    if (host.startsWith("[") && IPV6.matcher(host).matches()) {
      return host.toLowerCase(Locale.ROOT);
    }
    if (host.length() <= MAX_LABEL && isHostName(host)) {
      return host;
    }
    boolean isAscii = host.chars().allMatch(c -> c < 0x80);
    // A percent sign would be decoded, and stands in no name.
    String ascii = isAscii || host.indexOf('%') >= 0 ? host : HostNames.known().toAscii(host);
    String name = ascii.toLowerCase(Locale.ROOT);
    if (!isHostName(name) || hasLongLabel(name)) {
      throw invalid(host.isEmpty() ? "no host" : "bad host", url);
    }
    return name;
  }

  private static boolean hasLongLabel(String name) {
    int start = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', start)) {
      if (dot - start > MAX_LABEL) {
        return true;
      }
      start = dot + 1;
    }
    return name.length() - start > MAX_LABEL;
  }

  /** Labels with a dot between them, and perhaps one behind the last. */
  private static boolean isHostName(String host) {
    boolean inLabel = false;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean ofLabel = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!ofLabel && (c != '.' || !inLabel)) {
        return false;
      }
      inLabel = ofLabel;
    }
    return !host.isEmpty();
  }

  private static int port(String digits, String url) {
    if (!PORT.matcher(digits).matches()
        || Integer.parseInt(digits) > 65_535
        || Integer.parseInt(digits) == 0) {
      throw invalid("bad port", url);
    }
    return Integer.parseInt(digits);
  }

  private static URI uri(String text, String url) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw invalid("illegal character", url);
    }
  }

  /**
   * The text with everything illegal percent-encoded.
   *
   * @throws IllegalArgumentException if it has a control character; names {@code url}
   */
  private static String encode(String text, String url) {
    if (isPlain(text)) {
      return text;
    }
    StringBuilder encoded = new StringBuilder(text.length() + 16);
    int query = text.indexOf('?');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (c < ' ' || c == 0x7f) {
        throw invalid("control character", url);
      }
      boolean strayPercent = c == '%' && !isEscape(text, i);
      boolean bracketInQuery = (c == '[' || c == ']') && query >= 0 && i > query;
      if (c > '~' || ILLEGAL.indexOf(c) >= 0 || strayPercent || bracketInQuery) {
        for (byte octet : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
          UrlTemplate.appendEncoded(encoded, octet);
        }
      } else {
        encoded.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    return encoded.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || c == '%' || c == '[' || c == ']' || ILLEGAL.indexOf(c) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isEscape(String text, int percent) {
    return percent + 2 < text.length()
        && Character.digit(text.charAt(percent + 1), 16) >= 0
        && Character.digit(text.charAt(percent + 2), 16) >= 0;
  }
}
