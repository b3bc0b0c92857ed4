package dev.fetchwell;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.Pull;
import dev.fetchwell.internal.concurrent.PullPublisher;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.IdleLimitedBody;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.WholeBody;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body is still on the wire. It holds its permits and its connection until the
 * body ends or it is closed: read it, subscribe to it, or close it.
 *
 * <pre>{@code
 * client.get("/export").asStream().thenAccept(response -> response.body().subscribe(subscriber));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class StreamedResponse implements AutoCloseable {

  private static final int CHUNK = 16 * 1024;

  private final Reply reply;
  private final OpenBody body;
  private final Flow.Publisher<ByteBuffer> publisher;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final CallContext context;

  StreamedResponse(Reply reply, CallContext context) {
    OpenBody open = reply.open();
    this.reply = reply;
    this.body = open == null ? new WholeBody(reply.bytes()) : new IdleLimitedBody(open, context);
    this.publisher =
        new PullPublisher<>(this::chunks, StreamedResponse::told, CallThreads.shared());
    this.context = context;
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
    return reply.header(name);
  }

  /** The address that answered, after redirects. */
  public URI url() {
    return reply.uri().uri();
  }

  /** How many attempts it took so far, at least 1; more if the body broke off before its start. */
  public int attempts() {
    return context.attempts();
  }

  /** What is known of the call now, for an error that is made of its body. */
  public CallFacts facts() {
    return context.facts();
  }

  /**
   * The body after decompression, for one subscriber. Signals come one at a time on a thread of the
   * client's, where the subscriber may block; nothing is read without demand. It fails with a
   * {@code FetchError}, such as {@code FetchTimeoutError(IDLE)} after silence, or with a {@code
   * CancellationException} if the response or its client was closed.
   */
  public Flow.Publisher<ByteBuffer> body() {
    return publisher;
  }

  /**
   * The body after decompression as a blocking stream, in place of {@link #body()}; for code on
   * threads that may block. Its reads throw what {@link #body()} would fail with, as it is; closing
   * it closes the response.
   *
   * @throws IllegalStateException if the body was taken before
   */
  public InputStream inputStream() {
    take();
    return new BodyInputStream(body);
  }

  /** Gives the rest of the body up and closes the connection if there is any; idempotent. */
  @Override
  public void close() {
    body.cancel();
  }

  private void take() {
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException("the body was taken before (send the request again)");
    }
  }

  /** A body that was closed ends like a call that was cancelled. */
  private static Throwable told(Throwable thrown) {
    return thrown instanceof CancellationException ? thrown : UnexpectedError.wrap(thrown);
  }

  private Pull<ByteBuffer> chunks() {
    take();
    return new Pull<>() {

      @Override
      public @Nullable ByteBuffer next() {
        byte[] chunk = new byte[CHUNK];
        int count = body.read(chunk);
        return count < 0 ? null : ByteBuffer.wrap(chunk, 0, count);
      }

      @Override
      public void cancel() {
        body.cancel();
      }
    };
  }

  @Override
  public String toString() {
    return reply.status() + " " + reply.uri();
  }
}
