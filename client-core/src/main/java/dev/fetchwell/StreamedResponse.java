package dev.fetchwell;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.async.PullPublisher;
import dev.fetchwell.internal.async.StackRoom;
import dev.fetchwell.internal.call.BodyInputStream;
import dev.fetchwell.internal.call.LeakDetectingBody;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.OpenBody;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.WholeBody;
import dev.fetchwell.internal.pipeline.time.IdleLimitedBody;
import dev.fetchwell.internal.text.RequestUri;
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
 * body has ended or the response is closed: read it, subscribe to it, or close it. One that nobody
 * refers to any longer is closed some time after, with a warning in the log. From here on only
 * silence is limited, by {@code idleTimeout}; the call's other timeouts ended at the headers.
 *
 * <pre>{@code
 * client.get("/export").asStream().thenAccept(response -> response.body().subscribe(subscriber));
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class StreamedResponse implements AutoCloseable {

  private static final ReplyReader<StreamedResponse> READER = reader(null);

  private static final int CHUNK = 16 * 1024;

  private final Reply reply;
  private final OpenBody body;
  private final Flow.Publisher<ByteBuffer> publisher;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final CallContext context;

  private StreamedResponse(Reply reply, CallContext context, @Nullable Throwable opened) {
    OpenBody open = reply.open();
    this.reply = reply;
    this.body =
        open == null
            ? new WholeBody(reply.bytes())
            : new LeakDetectingBody(new IdleLimitedBody(open, context), context, opened);
    this.publisher =
        new PullPublisher<>(this::chunks, StreamedResponse::failure, context.platform().threads());
    this.context = context;
  }

  /** Makes a response for whoever asks for it on this thread. */
  static ReplyReader<StreamedResponse> reader() {
    Throwable opened = LeakDetectingBody.opening();
    return opened == null ? READER : reader(opened);
  }

  private static ReplyReader<StreamedResponse> reader(@Nullable Throwable opened) {
    return ReplyReaders.streamed((reply, context) -> new StreamedResponse(reply, context, opened));
  }

  /** The status code. */
  public int status() {
    return reply.status();
  }

  /** All headers; keys ignore case. */
  public Map<String, List<String>> headers() {
    return reply.headers().all();
  }

  /** The first value of a header, ignoring case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(reply.header(name));
  }

  /** The address that answered, after redirects. */
  public URI url() {
    return reply.url();
  }

  /**
   * How many attempts it took so far, at least 1; it grows if the body breaks off before its first
   * byte and is requested again, which is a call of its own for listeners.
   */
  public int attempts() {
    return context.latest().attempts();
  }

  /** What is known about the call now, for an error that is made from its body. */
  public CallFacts facts() {
    return context.latest().facts();
  }

  /**
   * The body after decompression, for one subscriber. Signals come one at a time on a thread of the
   * client's, where the subscriber may block; nothing is read without demand. It fails with a
   * {@code FetchError}, such as {@code FetchTimeoutError(IDLE)} after silence, or with a {@code
   * CancellationException} if the response or its client was closed. A subscriber that throws
   * counts as cancelled; what it threw is logged.
   */
  public Flow.Publisher<ByteBuffer> body() {
    return publisher;
  }

  /**
   * The body after decompression as a blocking stream, in place of {@link #body()}; for code on
   * threads that may block. Its reads throw, unwrapped, what {@link #body()} would fail with;
   * closing it closes the response.
   *
   * @throws IllegalStateException if the body was taken before
   */
  public InputStream inputStream() {
    take();
    return new BodyInputStream(body);
  }

  /** Gives up the rest of the body, if any is left, and closes the connection; idempotent. */
  @Override
  public void close() {
    StackRoom.check();
    body.cancel();
  }

  private static Throwable failure(Throwable thrown) {
    return thrown instanceof CancellationException ? thrown : UnexpectedError.wrap(thrown);
  }

  private void take() {
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException("the body was taken before (send the request again)");
    }
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
    return reply.status() + " " + RequestUri.redacted(reply.url());
  }
}
