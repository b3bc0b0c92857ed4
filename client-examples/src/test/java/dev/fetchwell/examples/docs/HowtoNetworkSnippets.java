package dev.fetchwell.examples.docs;

import com.github.luben.zstd.ZstdInputStream;
import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import okhttp3.Authenticator;
import okhttp3.Cache;
import okhttp3.CompressionInterceptor;
import okhttp3.Credentials;
import okhttp3.Gzip;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.brotli.Brotli;
import okhttp3.java.net.cookiejar.JavaNetCookieJar;
import okhttp3.tls.Certificates;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;

/** The Java blocks of docs/howto.md about what is between the client and the server. */
final class HowtoNetworkSnippets {

  private HowtoNetworkSnippets() {}

  static AsyncHttpClient proxy(String proxyHost, int proxyPort, String user, String password) {
    // region: howto-proxy
    Authenticator withPassword =
        (route, refused) ->
            refused.request().header("Proxy-Authorization") != null
                ? null // this password was refused; once more would only lock the account
                : refused
                    .request()
                    .newBuilder()
                    .header("Proxy-Authorization", Credentials.basic(user, password))
                    .build();
    InetSocketAddress address = InetSocketAddress.createUnresolved(proxyHost, proxyPort);
    OkHttpClient ours =
        new OkHttpClient.Builder()
            .proxy(new Proxy(Proxy.Type.HTTP, address))
            .proxyAuthenticator(withPassword)
            .build();
    AsyncHttpClient client = AsyncHttpClient.builder().okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient authority(Path authorityFile, String apiUrl) throws IOException {
    // region: howto-authority
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder()
            .addTrustedCertificate(
                Certificates.decodeCertificatePem(Files.readString(authorityFile)))
            .addPlatformTrustedCertificates() // without it: nobody else's
            .build();
    OkHttpClient ours =
        new OkHttpClient.Builder()
            .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
            .build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient mutualTls(
      Path certificateFile, Path keyFile, Path authorityFile, String apiUrl) throws IOException {
    // region: howto-mutual-tls
    HeldCertificate identity =
        HeldCertificate.decode(Files.readString(certificateFile) + Files.readString(keyFile));
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder()
            .heldCertificate(identity) // and behind it, if there are, those between it and the root
            .addTrustedCertificate(
                Certificates.decodeCertificatePem(Files.readString(authorityFile)))
            .build();
    OkHttpClient ours =
        new OkHttpClient.Builder()
            .sslSocketFactory(tls.sslSocketFactory(), tls.trustManager())
            .build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient plainHttp2(String apiUrl) {
    // region: howto-plain-http
    OkHttpClient ours =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient cookies(String apiUrl) {
    // region: howto-cookies
    OkHttpClient ours =
        new OkHttpClient.Builder().cookieJar(new JavaNetCookieJar(new CookieManager())).build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient cache(Path folder, String apiUrl) {
    // region: howto-cache
    Cache cache = new Cache(folder.toFile(), 50L * 1024 * 1024);
    OkHttpClient ours = new OkHttpClient.Builder().cache(cache).build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }

  static AsyncHttpClient compressed(String apiUrl) {
    // region: howto-compression
    CompressionInterceptor.DecompressionAlgorithm zstd =
        new CompressionInterceptor.DecompressionAlgorithm() {
          @Override
          public String getEncoding() {
            return "zstd";
          }

          @Override
          public Source decompress(BufferedSource packed) {
            try {
              return Okio.source(new ZstdInputStream(packed.inputStream()).setLongMax(23));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    OkHttpClient ours =
        new OkHttpClient.Builder()
            .addInterceptor(new CompressionInterceptor(zstd, Brotli.INSTANCE, Gzip.INSTANCE))
            .build();
    AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(apiUrl).okHttp(ours).build();
    // endregion
    return client;
  }
}
