package dev.fetchwell.testing;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.DefaultCodec;
import dev.fetchwell.internal.text.Checks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FakeServer} answers, and when. Immutable.
 *
 * <pre>{@code
 * FakeReply.json(user).header("ETag", "\"7\"").after(Duration.ofMillis(50));
 * FakeReply.status(503).header("Retry-After", "2");
 * FakeReply.fault(Fault.CONNECTION_RESET);
 * }</pre>
 */
public final class FakeReply {

  private static final int NO_CONTENT = 204;

  private final int status;
  private final List<Header> headers;
  private final List<byte[]> pieces;
  private final Duration latency;
  private final Duration between;
  private final boolean cut;
  private final @Nullable Fault fault;

  private FakeReply(Draft draft) {
    status = draft.status;
    headers = List.copyOf(draft.headers);
    pieces = List.copyOf(draft.pieces);
    latency = draft.latency;
    between = draft.between;
    cut = draft.cut;
    fault = draft.fault;
  }

  /** A copy in the making. */
  private static final class Draft {

    private int status = 200;
    private final List<Header> headers = new ArrayList<>();
    private List<byte[]> pieces = List.of();
    private Duration latency = Duration.ZERO;
    private Duration between = Duration.ZERO;
    private boolean cut;
    private @Nullable Fault fault;
  }

  private Draft changed() {
    Draft draft = new Draft();
    draft.status = status;
    draft.headers.addAll(headers);
    draft.pieces = pieces;
    draft.latency = latency;
    draft.between = between;
    draft.cut = cut;
    draft.fault = fault;
    return draft;
  }

  private static FakeReply of(String mediaType, List<byte[]> pieces) {
    Draft draft = new Draft();
    draft.headers.add(new Header("Content-Type", mediaType, false));
    draft.pieces = pieces;
    return new FakeReply(draft);
  }

  /** Status 200 with a value as JSON, encoded by the Jackson that is there. */
  public static FakeReply json(Object value) {
    Objects.requireNonNull(value, "value");
    return of("application/json", List.of(DefaultCodec.get().encode(value)));
  }

  /** Status 200 with a JSON text as it is, such as a malformed one. */
  public static FakeReply jsonText(String json) {
    Objects.requireNonNull(json, "json");
    return of("application/json", List.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  /** Status 200 with text in UTF-8. */
  public static FakeReply text(String text) {
    Objects.requireNonNull(text, "text");
    return of("text/plain; charset=utf-8", List.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Status 200 with bytes. */
  public static FakeReply bytes(byte[] bytes, String mediaType) {
    Objects.requireNonNull(bytes, "bytes");
    return of(Objects.requireNonNull(mediaType, "mediaType"), List.of(bytes.clone()));
  }

  /**
   * Status 200 with a body that comes in pieces, such as events or lines for a stream; see {@link
   * #between} and {@link #thenCut}.
   */
  public static FakeReply pieces(String mediaType, String... pieces) {
    Objects.requireNonNull(mediaType, "mediaType");
    Objects.requireNonNull(pieces, "pieces");
    return of(
        mediaType,
        Arrays.stream(pieces).map(piece -> piece.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** A status without a body. */
  public static FakeReply status(int status) {
    Draft draft = new Draft();
    draft.status = checked(status);
    return new FakeReply(draft);
  }

  private static int checked(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
    return status;
  }

  /** No answer, but something that goes wrong. */
  public static FakeReply fault(Fault fault) {
    Draft draft = new Draft();
    draft.fault = Objects.requireNonNull(fault, "fault");
    return new FakeReply(draft);
  }

  /** The same with another status. */
  public FakeReply withStatus(int other) {
    Draft draft = changed();
    draft.status = checked(other);
    return new FakeReply(draft);
  }

  /** The same with another header, in place of those of its name. */
  public FakeReply header(String name, String value) {
    Header header = new Header(name, value, Header.isSensitive(name));
    Draft draft = changed();
    draft.headers.removeIf(known -> known.name().equalsIgnoreCase(name));
    draft.headers.add(header);
    return new FakeReply(draft);
  }

  /** The same after a time, which begins when the request has arrived; default none. */
  public FakeReply after(Duration time) {
    Draft draft = changed();
    draft.latency = Checks.notNegative("after", time);
    return new FakeReply(draft);
  }

  /**
   * The same with a time before each piece of its body but the first. A reader that waits for a
   * piece moves the server's time on by itself.
   */
  public FakeReply between(Duration time) {
    Draft draft = changed();
    draft.between = Checks.notNegative("between", time);
    return new FakeReply(draft);
  }

  /** The same with a connection that breaks after the last piece of the body. */
  public FakeReply thenCut() {
    Draft draft = changed();
    draft.cut = true;
    return new FakeReply(draft);
  }

  int status() {
    return status;
  }

  Map<String, List<String>> headers() {
    TreeMap<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach(header -> all.put(header.name(), List.of(header.value())));
    return all;
  }

  /** What of its body comes back to a request of this method. */
  List<byte[]> piecesFor(String method) {
    return method.equals("HEAD") || status == NO_CONTENT ? List.of() : pieces;
  }

  Duration latency() {
    return latency;
  }

  Duration between() {
    return between;
  }

  boolean isCut() {
    return cut;
  }

  @Nullable Fault fault() {
    return fault;
  }

  @Override
  public String toString() {
    int bytes = pieces.stream().mapToInt(piece -> piece.length).sum();
    String what = fault == null ? status + ", " + bytes + " bytes" : fault.toString();
    return "FakeReply[" + what + (latency.isZero() ? "" : " after " + latency) + "]";
  }
}
