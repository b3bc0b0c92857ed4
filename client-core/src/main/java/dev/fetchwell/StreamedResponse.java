package dev.fetchwell;

import dev.fetchwell.http.HeaderMap;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.pipeline.BodyPublisher;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Flow;

/**
 * A response whose body is still on the wire. It holds its permits and its connection until the
 * body ends or it is closed: close it, or subscribe to the body.
 *
 * <pre>{@code
 * client.get("/export").asStream().thenAccept(response -> response.body().subscribe(subscriber));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class StreamedResponse implements AutoCloseable {

  private final Reply reply;
  private final OpenBody body;
  private final Flow.Publisher<ByteBuffer> publisher;
  private final int attempts;

  StreamedResponse(Reply reply, CallContext context) {
    OpenBody open = reply.open();
    if (open == null) {
      throw new IllegalStateException("status " + reply.status() + " has no body to stream");
    }
    this.reply = reply;
    this.body = open;
    this.publisher = new BodyPublisher(open, context, CallThreads.shared());
    this.attempts = context.attempts();
  }

  /** The status code. */
  public int status() {
    return reply.status();
  }

  /** All headers; keys ignore case. */
  public Map<String, List<String>> headers() {
    return reply.headers();
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    return HeaderMap.first(reply.headers(), name);
  }

  /** The address that answered, after redirects. */
  public URI url() {
    return reply.uri().uri();
  }

  /** How many attempts it took, at least 1. */
  public int attempts() {
    return attempts;
  }

  /**
   * The body after decompression, for one subscriber. Signals come one at a time on a thread of the
   * client's, where the subscriber may block; nothing is read without demand. It fails with a
   * {@code FetchError}, such as {@code FetchTimeoutError(IDLE)} after silence.
   */
  public Flow.Publisher<ByteBuffer> body() {
    return publisher;
  }

  /** Gives the rest of the body up and closes the connection if there is any; idempotent. */
  @Override
  public void close() {
    body.cancel();
  }

  @Override
  public String toString() {
    return reply.status() + " " + reply.uri();
  }
}
