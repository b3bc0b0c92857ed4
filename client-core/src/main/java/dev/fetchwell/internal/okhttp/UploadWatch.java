package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSink;
import okio.ForwardingSink;
import okio.Okio;
import okio.Sink;
import org.jspecify.annotations.Nullable;

/**
 * Stands behind a caller's own interceptors and watches the bodies that they put in place of ours,
 * such as compressed ones: how far ours was written says nothing about how far theirs is sent.
 */
final class UploadWatch implements Interceptor {

  /** As large as what Okio gives to the network in one go. */
  static final int PIECE = 8 * 1024;

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    @Nullable RequestBody body = request.body();
    // An interceptor may have made a request of its own; the one that the call was made for knows.
    @Nullable WireCall wire = chain.call().request().tag(WireCall.class);
    if (body == null || wire == null || body.isDuplex() || OkHttpRequests.isWatched(body)) {
      return chain.proceed(request);
    }
    RequestBody watched = new Watched(body, wire);
    return chain.proceed(request.newBuilder().method(request.method(), watched).build());
  }

  private static final class Watched extends RequestBody {

    private final RequestBody body;
    private final WireCall wire;

    private Watched(RequestBody body, WireCall wire) {
      this.body = body;
      this.wire = wire;
    }

    @Override
    public @Nullable MediaType contentType() {
      return body.contentType();
    }

    @Override
    public long contentLength() throws IOException {
      return body.contentLength();
    }

    @Override
    public boolean isOneShot() {
      return body.isOneShot();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      BufferedSink pieces = Okio.buffer(new Pieces(sink, wire));
      body.writeTo(pieces);
      pieces.emit();
    }
  }

  /** Gives a large write on bit by bit. */
  private static final class Pieces extends ForwardingSink {

    private final WireCall wire;

    private Pieces(Sink sink, WireCall wire) {
      super(sink);
      this.wire = wire;
    }

    @Override
    public void write(Buffer source, long byteCount) throws IOException {
      long left = byteCount;
      while (left > 0) {
        long piece = Math.min(PIECE, left);
        super.write(source, piece);
        wire.bodyGoesOn();
        left -= piece;
      }
    }
  }
}
