package dev.fetchwell.internal.transport;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestBody;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import okhttp3.MediaType;
import okhttp3.Request;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Our request as OkHttp's. */
final class OkHttpRequests {

  private static final okhttp3.RequestBody EMPTY = okhttp3.RequestBody.create(new byte[0], null);

  private OkHttpRequests() {}

  /**
   * Translates a request.
   *
   * @throws IllegalArgumentException if OkHttp does not take the address
   */
  static Request from(FetchRequest request, WireCall wire) {
    Request.Builder builder = new Request.Builder().url(request.uri().uri().toString());
    for (Header header : request.headers()) {
      builder.addHeader(header.name(), header.value());
    }
    builder.method(request.method().name(), body(request));
    String mediaType = request.body().map(RequestBody::mediaType).orElse("");
    if (!mediaType.isEmpty() && request.header("Content-Type").isEmpty()) {
      builder.header("Content-Type", mediaType);
    }
    return builder.tag(WireCall.class, wire).build();
  }

  private static okhttp3.@Nullable RequestBody body(FetchRequest request) {
    okhttp3.@Nullable RequestBody ifNone = request.method().needsBody() ? EMPTY : null;
    return request.body().<okhttp3.RequestBody>map(Adapter::new).orElse(ifNone);
  }

  /** Tells a body that cannot be read, such as a file that is gone, from a broken connection. */
  static final class UnreadableBody extends IOException {

    private static final long serialVersionUID = 1L;

    private UnreadableBody(IOException cause) {
      super("request body cannot be read", cause);
    }
  }

  private static final class Adapter extends okhttp3.RequestBody {

    private final RequestBody body;

    private Adapter(RequestBody body) {
      this.body = body;
    }

    /** The header is set already, as it is: OkHttp would drop a type that it cannot parse. */
    @Override
    public @Nullable MediaType contentType() {
      return null;
    }

    @Override
    public long contentLength() throws IOException {
      try {
        return body.length();
      } catch (IOException e) {
        throw new UnreadableBody(e);
      }
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      Wire wire = new Wire(sink.outputStream());
      try {
        body.writeTo(wire);
      } catch (IOException e) {
        throw e == wire.failure ? e : new UnreadableBody(e);
      }
    }
  }

  private static final class Wire extends FilterOutputStream {

    private @Nullable IOException failure;

    private Wire(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
