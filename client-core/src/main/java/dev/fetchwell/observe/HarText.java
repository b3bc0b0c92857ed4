package dev.fetchwell.observe;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.text.RequestUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a HAR file may show of headers, addresses and bodies. */
final class HarText {

  static final String HIDDEN = "***";

  /** Browsers refuse a whole file for one address that is none. */
  private static final String NO_ADDRESS = "about:blank";

  private static final Set<String> ADDRESSES = Set.of("location", "content-location", "referer");

  private static final Set<String> CHALLENGES =
      Set.of("www-authenticate", "proxy-authenticate", "authentication-info", "refresh");

  private static final Pattern ADDRESS =
      Pattern.compile("(?i)[a-z][a-z0-9+.-]*://[^\\s\"'<>;,]+|(?<=<)[^<>]+(?=>)");

  private HarText() {}

  /** The value of a header, as far as it may be shown. */
  static String value(String name, String value, boolean secret) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (secret || Header.isSensitive(name) || CHALLENGES.contains(lower)) {
      return HIDDEN;
    }
    if (ADDRESSES.contains(lower) || value.startsWith("/")) {
      return RequestUri.redact(value);
    }
    return value.indexOf('<') < 0 && !value.contains("://")
        ? value
        : ADDRESS
            .matcher(value)
            .replaceAll(found -> Matcher.quoteReplacement(RequestUri.redact(found.group())));
  }

  /** An address that was redacted, or one that stands for none. */
  static String address(String redacted) {
    try {
      URI parsed = new URI(redacted);
      String scheme = parsed.getScheme();
      boolean isHttp = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
      return isHttp && parsed.getHost() != null ? redacted : NO_ADDRESS;
    } catch (URISyntaxException e) {
      return NO_ADDRESS;
    }
  }

  /**
   * The text that the bytes are; null if they are none. A character that was cut off at the end
   * does not count.
   */
  static @Nullable String text(byte[] bytes, Charset charset) {
    CharsetDecoder decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    int most = (int) Math.ceil((double) decoder.maxCharsPerByte() * bytes.length);
    CharBuffer chars = CharBuffer.allocate(most + 1);
    CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), chars, false);
    String text = chars.flip().toString();
    return result.isError() || text.chars().anyMatch(HarText::isBinary) ? null : text;
  }

  private static boolean isBinary(int c) {
    return c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  }
}
