package dev.fetchwell.internal.okhttp;

import java.io.IOException;
import okhttp3.Authenticator;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.Route;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a caller's own interceptors and the like threw from what the network did: an
 * interceptor that has no token throws an {@code IOException}, too, and no other attempt would give
 * it one.
 *
 * <p>Marks stand around both kinds of interceptors, one in place of each kind that there is none
 * of. What passes the upper one of them and did not pass the lower one, nor caused what did, is an
 * interceptor's own. One object belongs to one call, whose thread alone writes it.
 */
final class CallersCode {

  private static final int FRAMES = 50;
  private static final int CAUSES = 10;

  private volatile @Nullable Throwable aboveInterceptors;
  private volatile @Nullable Throwable belowInterceptors;
  private volatile @Nullable Throwable aboveNetwork;
  private volatile @Nullable Throwable belowNetwork;

  /**
   * Puts the marks around the interceptors of a caller's client, and watches its authenticators.
   * Where it has no network interceptors, an {@link OkHttpGuard} tells what the network threw.
   *
   * @param own as it came
   * @param builder what is made of it
   */
  static void mark(OkHttpClient own, OkHttpClient.Builder builder) {
    if (own.interceptors().isEmpty()) {
      builder.interceptors().add(0, mark(CallersCode::thrownBelowInterceptors));
    } else {
      builder.interceptors().add(0, mark((code, thrown) -> code.aboveInterceptors = thrown));
      builder.addInterceptor(mark((code, thrown) -> code.belowInterceptors = thrown));
    }
    if (!own.networkInterceptors().isEmpty()) {
      builder.networkInterceptors().add(0, mark((code, thrown) -> code.aboveNetwork = thrown));
      builder.addNetworkInterceptor(mark((code, thrown) -> code.belowNetwork = thrown));
    }
    builder.authenticator(Watched.of(own.authenticator()));
    builder.proxyAuthenticator(Watched.of(own.proxyAuthenticator()));
  }

  private interface Mark {

    void passes(CallersCode code, Throwable thrown);
  }

  private static Interceptor mark(Mark mark) {
    return chain -> {
      try {
        return chain.proceed(chain.request());
      } catch (Throwable thrown) {
        WireCall wire = chain.call().request().tag(WireCall.class);
        if (wire != null) {
          mark.passes(wire.callersCode(), thrown);
        }
        throw thrown;
      }
    };
  }

  private void thrownBelowInterceptors(Throwable thrown) {
    belowInterceptors = thrown;
    aboveInterceptors = thrown;
  }

  /** It came from the network, and no interceptor of the caller's is next to that. */
  void thrownByNetwork(Throwable thrown) {
    belowNetwork = thrown;
    aboveNetwork = thrown;
  }

  /** What the caller's code threw, if it was that; else null. */
  @Nullable Throwable thrownBy(Throwable thrown) {
    if (thrown instanceof Watched.Failure failure) {
      return failure.getCause();
    }
    boolean ofInterceptor =
        thrown == aboveInterceptors
            && (!leadsTo(thrown, belowInterceptors)
                || (leadsTo(thrown, aboveNetwork) && !leadsTo(thrown, belowNetwork)));
    if (ofInterceptor) {
      return thrown;
    }
    if (thrown instanceof IOException) {
      return null;
    }
    // A jar of cookies, a name lookup, an event listener, or OkHttp at a malformed response.
    boolean besideNetwork = leadsTo(thrown, belowInterceptors) && !leadsTo(thrown, aboveNetwork);
    return besideNetwork || isThrownOutsideOkHttp(thrown) ? thrown : null;
  }

  /** Whether something that was seen below is it, or caused it. */
  private static boolean leadsTo(Throwable thrown, @Nullable Throwable below) {
    Throwable cause = below == null ? null : thrown;
    for (int i = 0; cause != null && i < CAUSES; i++) {
      if (cause == below) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** Whose code it was in which, or in what of the JDK's that it called, it was thrown. */
  private static boolean isThrownOutsideOkHttp(Throwable thrown) {
    StackTraceElement[] frames = thrown.getStackTrace();
    for (int i = 0; i < Math.min(frames.length, FRAMES); i++) {
      String type = frames[i].getClassName();
      if (isOkHttp(type)) {
        return false;
      }
      if (!isLanguage(type)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOkHttp(String type) {
    return type.startsWith("okhttp3.")
        || type.startsWith("okio.")
        || type.startsWith("dev.fetchwell.internal.okhttp.");
  }

  private static boolean isLanguage(String type) {
    return type.startsWith("java.")
        || type.startsWith("javax.")
        || type.startsWith("jdk.")
        || type.startsWith("sun.")
        || type.startsWith("com.sun.")
        || type.startsWith("kotlin.");
  }

  /**
   * A caller's authenticator, which OkHttp asks between the marks. Equal to another one around the
   * same, so that clients on one pool go on sharing its connections.
   */
  private record Watched(Authenticator own) implements Authenticator {

    private static Authenticator of(Authenticator own) {
      return own == Authenticator.NONE ? own : new Watched(own);
    }

    @Override
    public @Nullable Request authenticate(@Nullable Route route, Response response)
        throws IOException {
      try {
        return own.authenticate(route, response);
      } catch (Throwable thrown) {
        throw new Failure(thrown);
      }
    }

    /** Passes through OkHttp, which lets connections go properly only for this type. */
    private static final class Failure extends IOException {

      private static final long serialVersionUID = 1L;

      private Failure(Throwable cause) {
        super("an authenticator threw", cause);
      }
    }
  }
}
