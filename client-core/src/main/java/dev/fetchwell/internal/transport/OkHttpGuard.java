package dev.fetchwell.internal.transport;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import java.util.regex.Pattern;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Stands next to the network and keeps from OkHttp what it would act on behind our back or choke
 * on.
 *
 * <p>A 503 with {@code Retry-After: 0} makes OkHttp send the request again, even a POST, and a
 * number over the range of int makes it throw; so it never sees that header. A negative length
 * would throw only while the body is read, when OkHttp no longer frees the connection.
 */
final class OkHttpGuard implements Interceptor {

  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    checkLength(response);
    WireCall wire = chain.request().tag(WireCall.class);
    @Nullable String retryAfter = response.header("Retry-After");
    if (wire == null || retryAfter == null) {
      return response;
    }
    wire.hideRetryAfter(retryAfter);
    return response.newBuilder().removeHeader("Retry-After").build();
  }

  private static void checkLength(Response response) throws IOException {
    List<String> lengths = response.headers("Content-Length");
    for (String length : lengths) {
      boolean number = LENGTH.matcher(length.strip()).matches();
      if (!number || !length.strip().equals(lengths.get(0).strip())) {
        throw new ProtocolException("bad Content-Length");
      }
    }
  }
}
