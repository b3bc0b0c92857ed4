package dev.fetchwell.observe;

import dev.fetchwell.internal.text.RequestUri;
import java.net.URI;

/**
 * Which call an event is about. Every event of one call comes with the same object, so its identity
 * can be the key of a map. Immutable.
 */
public final class CallInfo {

  private final long id;
  private final String method;
  private final URI address;
  private final String host;
  private final String tag;
  private final String template;

  /**
   * Creates the description of a call, such as for the test of a listener.
   *
   * @param address where it goes; shown only without user info and query values
   * @param host the host, with the port where it is not the scheme's own
   * @param tag the low-cardinality name given to the call, or an empty string
   */
  public CallInfo(long id, String method, URI address, String host, String tag) {
    this(id, method, address, host, tag, "");
  }

  /**
   * Creates the description of a call that was made with placeholders.
   *
   * @param template the path with its placeholders, or an empty string
   */
  public CallInfo(long id, String method, URI address, String host, String tag, String template) {
    this.id = id;
    this.method = method;
    this.address = address;
    this.host = host;
    this.tag = tag;
    this.template = template;
  }

  /** A number that is unique in this process. */
  public long id() {
    return id;
  }

  /** The request's method. */
  public String method() {
    return method;
  }

  /** The address without query values and user info; made each time it is asked for. */
  public String url() {
    return RequestUri.redacted(address);
  }

  /** The host, with the port where it is not the scheme's own. */
  public String host() {
    return host;
  }

  /** The low-cardinality name given to the call, or an empty string. */
  public String tag() {
    return tag;
  }

  /**
   * The path as the caller wrote it, with its placeholders, such as {@code /users/{id}}: one of few
   * values, which the address is not. Empty if it has none.
   */
  public String template() {
    return template;
  }

  @Override
  public String toString() {
    return "call " + id + (tag.isEmpty() ? "" : " " + tag) + ": " + method + " " + url();
  }
}
