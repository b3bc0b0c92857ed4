package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.net.Proxy;
import okhttp3.Connection;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Stands next to the network and keeps from OkHttp what it would act on behind our back or choke
 * on.
 *
 * <p>A 503 with {@code Retry-After: 0} makes OkHttp send the request again, even a POST, and a
 * number over the range of int makes it throw; so it never sees that header. A negative length
 * would throw only while the body is read, when OkHttp no longer frees the connection. A 407 from a
 * server that is no proxy makes it throw too, so it sees another status in its place.
 */
final class OkHttpGuard implements Interceptor {

  private static final int BAD_REQUEST = 400;
  private static final int PROXY_AUTHENTICATION = 407;

  private final boolean isNextToNetwork;

  /**
   * Guards what comes from the network, or from callers' interceptors.
   *
   * @param isNextToNetwork whether there are none of those
   */
  OkHttpGuard(boolean isNextToNetwork) {
    this.isNextToNetwork = isNextToNetwork;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    SecretsGuard.noteCookies(chain);
    WireCall wire = chain.call().request().tag(WireCall.class);
    ConnectionWatch watch = wire == null ? null : wire.use().watch();
    checkConnection(watch);
    Response response = proceed(chain, wire);
    checkStatus(response, wire, chain);
    checkLength(response);
    if (wire == null) {
      return response;
    }
    if (watch != null && watch.isMultiplexed()) {
      response = WatchedBody.in(response, watch, chain.request().body() == null);
    }
    @Nullable String retryAfter = response.header("Retry-After");
    if (retryAfter != null) {
      wire.hideRetryAfter(retryAfter);
      response = response.newBuilder().removeHeader("Retry-After").build();
    }
    if (response.code() == PROXY_AUTHENTICATION && !isByProxy(chain)) {
      wire.hideStatus(PROXY_AUTHENTICATION);
      response = response.newBuilder().code(BAD_REQUEST).build();
    }
    return response;
  }

  private Response proceed(Chain chain, @Nullable WireCall wire) throws IOException {
    if (!isNextToNetwork || wire == null) {
      return chain.proceed(chain.request());
    }
    Response response;
    try {
      response = chain.proceed(chain.request());
    } catch (Throwable thrown) {
      wire.callersCode().thrownByNetwork(thrown);
      throw thrown;
    }
    UpgradeKeeper.keep(response, wire);
    return response;
  }

  /**
   * Nearly always the call was made to wait before it took the connection; not if the doubt began
   * since, or if the connection is another host's with the same certificate.
   */
  private static void checkConnection(@Nullable ConnectionWatch watch) throws IOException {
    if (watch != null) {
      watch.awaitSettled();
      if (watch.isRetired()) {
        throw new Retired();
      }
    }
  }

  /** Nothing was sent, as the connection takes no new calls. */
  static final class Retired extends IOException {

    private static final long serialVersionUID = 1L;

    private Retired() {
      super("the connection no longer answers");
    }
  }

  private static boolean isByProxy(Chain chain) {
    @Nullable Connection connection = chain.connection();
    return connection != null && connection.route().proxy().type() == Proxy.Type.HTTP;
  }

  /**
   * A switch of protocols that nobody asked for. OkHttp takes it for an answer without a body and
   * would use the connection again, which then speaks who knows what.
   */
  private static void checkStatus(Response response, @Nullable WireCall wire, Chain chain)
      throws IOException {
    boolean asked =
        response.code() == OkHttpUpgraded.SWITCHING_PROTOCOLS
            && wire != null
            && wire.wantsUpgrade();
    if (response.code() >= 200 || asked) {
      return;
    }
    @Nullable Connection connection = chain.connection();
    if (connection != null) {
      connection.socket().close();
    }
    throw new ProtocolException("status " + response.code() + " was not asked for");
  }

  private static void checkLength(Response response) throws IOException {
    Headers headers = response.headers();
    String first = null;
    for (int i = 0; i < headers.size(); i++) {
      if (headers.name(i).equalsIgnoreCase("Content-Length")) {
        String length = headers.value(i).strip();
        if (!isNumber(length) || (first != null && !length.equals(first))) {
          throw new ProtocolException("bad Content-Length");
        }
        first = length;
      }
    }
  }

  private static boolean isNumber(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= 18;
  }
}
