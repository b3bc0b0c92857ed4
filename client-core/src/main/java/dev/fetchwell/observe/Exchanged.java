package dev.fetchwell.observe;

import dev.fetchwell.http.FetchRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/**
 * What went over the wire in an attempt. It holds secrets: whoever shows it leaves out the headers
 * that are {@linkplain dev.fetchwell.http.Header#secret secret}, and redacts the address.
 *
 * @param request as it was sent, after filters; on the last hop if there were redirects
 * @param headers of the answer; empty if none came
 * @param body the beginning of the answer's body, after decompression, as long as {@link
 *     CallListener#bodyBytes} of those who listen; empty if nobody wants it, or it is streamed
 * @param protocol the connection's protocol, such as {@code h2}; empty if there was none
 * @param peer address and port of the other end of the connection; empty if there was none
 * @param bytesOut bytes of the request's body
 * @param bytesIn bytes of the answer's body as they came, before decompression
 */
public record Exchanged(
    FetchRequest request,
    Map<String, List<String>> headers,
    ByteBuffer body,
    String protocol,
    String peer,
    long bytesOut,
    long bytesIn) {

  /** Keeps a view of the body that nobody can change. */
  public Exchanged {
    body = body.asReadOnlyBuffer();
  }

  /** From the body's first byte on, each time. */
  @Override
  public ByteBuffer body() {
    return body.duplicate();
  }

  /** Without what it holds: the method, the redacted address and sizes. */
  @Override
  public String toString() {
    return "Exchanged["
        + request
        + ", "
        + protocol
        + ", "
        + bytesOut
        + " bytes out, "
        + bytesIn
        + " in]";
  }
}
