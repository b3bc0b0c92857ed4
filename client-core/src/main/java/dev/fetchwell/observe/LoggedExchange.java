package dev.fetchwell.observe;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.text.HeaderMap;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.internal.text.Printable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LogListener} shows of an exchange: one line for each direction, whatever the server
 * or the caller put into it. Immutable.
 *
 * @param headers whether headers are shown
 * @param bodyBytes how many bytes of each body; 0 for none
 * @param hidden names of headers whose values are not shown, in lower case, beside secret ones
 */
record LoggedExchange(boolean headers, int bodyBytes, Set<String> hidden) {

  private static final String HIDDEN = "***";

  /** A query or a fragment, as in a {@code Location}; and user info. */
  private static final Pattern QUERY = Pattern.compile("([?#])[^\\s<>\"']+");

  private static final Pattern USER_INFO = Pattern.compile("//[^/\\s<>\"']*@");

  private static final Pattern TEXT =
      Pattern.compile(
          "text/.+|.+[/+](json|xml)"
              + "|application/(x-www-form-urlencoded|x-ndjson|javascript|graphql|yaml|x-yaml)");

  boolean showsAnything() {
    return headers || bodyBytes > 0;
  }

  String request(Exchanged exchanged) {
    FetchRequest request = exchanged.request();
    List<String> shown = new ArrayList<>();
    for (Header header : request.headers()) {
      shown.add(header(header.name(), header.value(), header.secret()));
    }
    return headers(shown) + requestBody(request, exchanged.bytesOut());
  }

  String answer(Exchanged exchanged) {
    List<String> shown = new ArrayList<>();
    exchanged
        .headers()
        .forEach((name, values) -> values.forEach(value -> shown.add(header(name, value, false))));
    String mediaType = HeaderMap.first(exchanged.headers(), "Content-Type");
    String encoding = HeaderMap.first(exchanged.headers(), "Content-Encoding");
    return headers(shown)
        + body(exchanged.body(), exchanged.bytesIn(), mediaType, isText(mediaType, encoding));
  }

  private String headers(List<String> shown) {
    return headers && !shown.isEmpty() ? " [" + String.join(", ", shown) + "]" : "";
  }

  private String header(String name, String value, boolean secret) {
    boolean hides =
        secret || Header.isSensitive(name) || hidden.contains(name.toLowerCase(Locale.ROOT));
    String withoutQuery = QUERY.matcher(value).replaceAll("$1" + HIDDEN);
    String plain = USER_INFO.matcher(withoutQuery).replaceAll("//" + HIDDEN + "@");
    return Printable.of(name) + ": " + (hides ? HIDDEN : Printable.of(plain));
  }

  private String requestBody(FetchRequest request, long sent) {
    RequestBody body = request.body().orElse(null);
    if (body == null || bodyBytes == 0) {
      return "";
    }
    String mediaType = request.header("Content-Type").orElseGet(body::mediaType);
    boolean isText = isText(mediaType, request.header("Content-Encoding").orElse(null));
    Optional<byte[]> none = Optional.empty();
    byte[] bytes = isText ? Guard.get(() -> inMemory(body), none).orElse(null) : null;
    return bytes == null
        ? size(sent, mediaType)
        : body(ByteBuffer.wrap(bytes), bytes.length, mediaType, true);
  }

  private static Optional<byte[]> inMemory(RequestBody body) {
    return Objects.requireNonNull(body.bytes(), "the bytes of a body");
  }

  private String body(ByteBuffer body, long length, @Nullable String mediaType, boolean isText) {
    if (bodyBytes == 0 || (length <= 0 && !body.hasRemaining())) {
      return "";
    }
    if (!isText || !body.hasRemaining()) {
      return size(length, mediaType);
    }
    boolean isCut = body.remaining() > bodyBytes;
    ByteBuffer start = isCut ? body.slice(body.position(), bodyBytes) : body;
    String text = decoded(start, mediaType, isCut);
    return " " + Printable.of(text) + (isCut ? "... (" + bodyBytes + " bytes shown)" : "");
  }

  /** What cannot be decoded is replaced; the start of a character at the cut is left out. */
  private static String decoded(ByteBuffer bytes, @Nullable String mediaType, boolean isCut) {
    CharsetDecoder decoder =
        MediaCharset.of(mediaType)
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    int most = (int) Math.ceil(bytes.remaining() * (double) decoder.maxCharsPerByte());
    CharBuffer text = CharBuffer.allocate(most + 1);
    decoder.decode(bytes, text, !isCut);
    return text.flip().toString();
  }

  private static String size(long length, @Nullable String mediaType) {
    String type = mediaType == null ? "" : mediaType.strip();
    return " <" + length + " bytes" + (type.isEmpty() ? "" : " of " + Printable.of(type)) + ">";
  }

  private static boolean isText(@Nullable String mediaType, @Nullable String encoding) {
    if (mediaType == null || !(encoding == null || encoding.equalsIgnoreCase("identity"))) {
      return false;
    }
    int end = mediaType.indexOf(';');
    String type = (end < 0 ? mediaType : mediaType.substring(0, end)).strip();
    return TEXT.matcher(type.toLowerCase(Locale.ROOT)).matches();
  }
}
