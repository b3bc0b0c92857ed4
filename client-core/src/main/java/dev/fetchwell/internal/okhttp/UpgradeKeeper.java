package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;
import okio.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Stands below callers' interceptors and keeps hold of an upgraded connection. OkHttp loses it, and
 * counts it as in use for ever, if the call is cancelled, or an interceptor throws, between the
 * upgrade and the return of the response.
 */
final class UpgradeKeeper implements Interceptor {

  @Override
  public Response intercept(Chain chain) throws IOException {
    Response response = chain.proceed(chain.request());
    keep(response, chain.call().request().tag(WireCall.class));
    return response;
  }

  /** Does so for an interceptor that has nobody between itself and the network. */
  static void keep(Response response, @Nullable WireCall wire) {
    @Nullable Socket socket = response.socket();
    if (socket != null && wire != null) {
      wire.keepUpgraded(new OkHttpUpgraded(socket));
    }
  }
}
