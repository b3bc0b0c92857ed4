package dev.fetchwell.internal.okhttp;

import dev.fetchwell.http.Header;
import java.io.IOException;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Takes off, where a redirect led to another origin, the secrets that a caller's own interceptors
 * or authenticator put on. For OkHttp each hop is a call of its own, so they cannot see that it
 * goes to somebody else.
 *
 * <p>It stands behind the caller's interceptors of both kinds: before OkHttp adds the cookies of a
 * jar, which are the new origin's own and stay, and next to the network.
 */
final class SecretsGuard implements Interceptor {

  @Override
  public Response intercept(Chain chain) throws IOException {
    // An interceptor may have made a request of its own; the one that the call was made for knows.
    WireCall wire = chain.call().request().tag(WireCall.class);
    return chain.proceed(
        wire == null || wire.secrets().isAtItsFirstOrigin()
            ? chain.request()
            : withoutForeignSecrets(chain.request(), wire));
  }

  private static Request withoutForeignSecrets(Request request, WireCall wire) {
    Headers headers = request.headers();
    Headers.Builder kept = new Headers.Builder();
    for (int i = 0; i < headers.size(); i++) {
      if (mayGo(headers.name(i), headers.value(i), wire)) {
        kept.addUnsafeNonAscii(headers.name(i), headers.value(i));
      }
    }
    return kept.build().size() == headers.size()
        ? request
        : request.newBuilder().headers(kept.build()).build();
  }

  private static boolean mayGo(String name, String value, WireCall wire) {
    if (!Header.isSensitive(name) || name.equalsIgnoreCase("Proxy-Authorization")) {
      return true;
    }
    return wire.secrets().isOwn(name, value)
        || (name.equalsIgnoreCase("Cookie") && wire.secrets().isFromTheJar(value));
  }

  /**
   * Notes which cookies there are before callers' network interceptors run. What their other
   * interceptors set is gone by then, so these are the jar's.
   */
  static void noteCookies(Chain chain) {
    WireCall wire = chain.call().request().tag(WireCall.class);
    if (wire != null && !wire.secrets().isAtItsFirstOrigin()) {
      wire.secrets().fromTheJar(chain.request().headers("Cookie"));
    }
  }
}
