package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import org.jspecify.annotations.Nullable;

/** A body of HTTP/2 that tells the connection's watch of each part that somebody reads. */
final class WatchedBody extends ResponseBody {

  private final ResponseBody body;
  private final BufferedSource source;

  private WatchedBody(ResponseBody body, BufferedSource source) {
    this.body = body;
    this.source = source;
  }

  /**
   * The response with its body watched.
   *
   * @param sentNoBody whether its stream is over, both ways, once the body was read
   */
  static Response in(Response response, ConnectionWatch watch, boolean sentNoBody) {
    ResponseBody body = response.body();
    BufferedSource source = Okio.buffer(new Watched(body.source(), watch, sentNoBody));
    return response.newBuilder().body(new WatchedBody(body, source)).build();
  }

  @Override
  public @Nullable MediaType contentType() {
    return body.contentType();
  }

  @Override
  public long contentLength() {
    return body.contentLength();
  }

  @Override
  public BufferedSource source() {
    return source;
  }

  private static final class Watched extends ForwardingSource {

    private final ConnectionWatch watch;
    private final boolean sentNoBody;
    private boolean ended;
    private boolean closed;

    private Watched(BufferedSource body, ConnectionWatch watch, boolean sentNoBody) {
      super(body);
      this.watch = watch;
      this.sentNoBody = sentNoBody;
      watch.meter().bodyOpened();
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      long count = super.read(sink, byteCount);
      if (count > 0) {
        watch.progressed();
      } else if (count < 0) {
        ended = true;
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try {
        super.close();
      } finally {
        tellEnd();
      }
    }

    private void tellEnd() {
      if (!ended) {
        watch.meter().bodyDropped();
        return;
      }
      watch.meter().bodyEnded();
      if (sentNoBody && watch.cannotPing()) {
        watch.pingBy(Ping.by(timeout()));
      }
    }
  }
}
