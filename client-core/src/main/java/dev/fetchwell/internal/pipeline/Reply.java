package dev.fetchwell.internal.pipeline;

import dev.fetchwell.http.HeaderMap;
import dev.fetchwell.http.RequestUri;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What comes back through the stages: status, headers, and a body that is either here as a whole or
 * still open. Immutable.
 */
public final class Reply {

  private static final byte[] NONE = {};

  private final int status;
  private final Map<String, List<String>> headers;
  private final RequestUri uri;
  private final byte[] bytes;
  private final @Nullable OpenBody open;

  private Reply(
      int status,
      Map<String, List<String>> headers,
      RequestUri uri,
      byte[] bytes,
      @Nullable OpenBody open) {
    this.status = status;
    this.headers = headers;
    this.uri = uri;
    this.bytes = bytes;
    this.open = open;
  }

  /** A reply whose body is here as a whole. */
  public static Reply whole(
      int status, Map<String, List<String>> headers, RequestUri uri, byte[] bytes) {
    return new Reply(status, headers, uri, bytes, null);
  }

  /** A reply whose body is still on the wire. */
  public static Reply open(
      int status, Map<String, List<String>> headers, RequestUri uri, OpenBody body) {
    return new Reply(status, headers, uri, NONE, body);
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** The headers; keys ignore case. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return HeaderMap.first(headers, name);
  }

  /** The address that answered. */
  public RequestUri uri() {
    return uri;
  }

  /** The body; empty if it is open. Not copied. */
  public byte[] bytes() {
    return bytes;
  }

  /** The body on the wire, if it is still there. */
  public @Nullable OpenBody open() {
    return open;
  }

  /** Runs when nothing of this reply is on the wire any more: at once if the body is here. */
  public void whenEnded(Runnable action) {
    if (open == null) {
      action.run();
    } else {
      open.whenEnded(action);
    }
  }

  /** Gives up a reply that nobody wants. */
  public void discard() {
    if (open != null) {
      open.cancel();
    }
  }
}
