package dev.fetchwell.internal.okhttp;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestBody;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.Request;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Our request as OkHttp's. */
final class OkHttpRequests {

  private static final okhttp3.RequestBody EMPTY = okhttp3.RequestBody.create(new byte[0], null);

  private OkHttpRequests() {}

  /** Translates a request to an address that OkHttp has taken. */
  static Request from(FetchRequest request, HttpUrl url, WireCall wire) {
    Request.Builder builder = new Request.Builder().url(url);
    for (Header header : request.headers()) {
      builder.addHeader(header.name(), header.value());
    }
    builder.method(request.method().name(), body(request, wire));
    String mediaType = request.body().map(RequestBody::mediaType).orElse("");
    if (!mediaType.isEmpty() && request.header("Content-Type").isEmpty()) {
      builder.header("Content-Type", mediaType);
    }
    return builder.tag(WireCall.class, wire).build();
  }

  private static okhttp3.@Nullable RequestBody body(FetchRequest request, WireCall wire) {
    okhttp3.@Nullable RequestBody ifNone = request.method().needsBody() ? EMPTY : null;
    return request.body().<okhttp3.RequestBody>map(body -> new Adapter(body, wire)).orElse(ifNone);
  }

  /** Whether it is one of ours, which tells by itself how far it is. */
  static boolean isWatched(okhttp3.RequestBody body) {
    return body == EMPTY || body instanceof Adapter;
  }

  /** Tells a body that cannot be read, such as a file that is gone, from a broken connection. */
  static final class UnreadableBody extends IOException {

    private static final long serialVersionUID = 1L;

    private UnreadableBody(Throwable cause) {
      super("request body cannot be read", cause);
    }
  }

  private static final class Adapter extends okhttp3.RequestBody {

    private final RequestBody body;
    private final WireCall wire;

    /** What was told first, as OkHttp asks more than once; a file may grow in between. */
    private @Nullable Long announced;

    private Adapter(RequestBody body, WireCall wire) {
      this.body = body;
      this.wire = wire;
    }

    /** The header is set already, as it is: OkHttp would drop a type that it cannot parse. */
    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public long contentLength() throws IOException {
      Long known = announced;
      if (known != null) {
        return known;
      }
      try {
        long length = body.length();
        announced = length;
        return length;
      } catch (Throwable thrown) {
        throw new UnreadableBody(thrown);
      }
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      long length = contentLength();
      wire.use().sendsBodyOn(sink.timeout());
      ToWire out = new ToWire(sink.outputStream(), wire, length);
      wire.inCallersBody(true);
      try {
        body.writeTo(out);
        if (length >= 0 && out.written < length) {
          throw new IOException("it ended after " + out.written + " of " + length + " bytes");
        }
      } catch (Throwable thrown) {
        // What the connection threw goes on as it is, whatever the caller's code made of it.
        IOException failure = out.failure;
        throw failure == null ? new UnreadableBody(thrown) : failure;
      } finally {
        wire.inCallersBody(false);
      }
    }
  }

  /** Tells whose fault it is that the body does not go on: the caller's, or the peer's. */
  private static final class ToWire extends FilterOutputStream {

    private final WireCall wire;
    private final long announced;
    private long written;
    private @Nullable IOException failure;

    private ToWire(OutputStream out, WireCall wire, long announced) {
      super(out);
      this.wire = wire;
      this.announced = announced;
    }

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      written += length;
      if (announced >= 0 && written > announced) {
        // OkHttp would take it for a breach of protocol, as if it were the server's.
        failure =
            new UnreadableBody(new IOException("it goes on after its " + announced + " bytes"));
        throw failure;
      }
      wire.inCallersBody(false);
      try {
        writePieces(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      } finally {
        wire.inCallersBody(true);
      }
    }

    /** As large as what goes to the network in one go: a large array is sent bit by bit, too. */
    private void writePieces(byte[] bytes, int offset, int length) throws IOException {
      int end = offset + length;
      for (int at = offset; at < end; at += UploadWatch.PIECE) {
        out.write(bytes, at, Math.min(UploadWatch.PIECE, end - at));
        wire.bodyGoesOn();
      }
    }
  }
}
