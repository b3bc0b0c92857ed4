package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.http.FetchResponse;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** OkHttp takes a 407 for a broken protocol where there is no proxy. */
@Timeout(30)
class ProxyStatusTest {

  @Test
  void status407OfAServerIsAStatusLikeOthers() throws Exception {
    try (MockWebServer server = new MockWebServer();
        AsyncHttpClient client = AsyncHttpClient.create()) {
      server.enqueue(new MockResponse.Builder().code(407).body("who are you").build());
      server.start();
      FetchResponse response = client.get(server.url("/").toString()).asResponse().join();
      assertThat(response.status()).isEqualTo(407);
      assertThat(response.text()).isEqualTo("who are you");
      assertThat(server.getRequestCount()).isEqualTo(1);
    }
  }

  @Test
  void status407OfAProxyIsAnsweredByTheCallersAuthenticator() throws Exception {
    try (MockWebServer proxy = new MockWebServer()) {
      proxy.enqueue(new MockResponse.Builder().code(407).build());
      proxy.enqueue(new MockResponse.Builder().body("let in").build());
      proxy.start();
      OkHttpClient own =
          new OkHttpClient.Builder()
              .proxySelector(always(new Proxy(Proxy.Type.HTTP, proxy.getSocketAddress())))
              .proxyAuthenticator(
                  (route, response) ->
                      response.request().newBuilder().header("Proxy-Authorization", "me").build())
              .build();
      try (AsyncHttpClient client = AsyncHttpClient.builder().okHttp(own).build()) {
        assertThat(client.getString("http://shop.invalid/").join()).isEqualTo("let in");
      }
    }
  }

  private static ProxySelector always(Proxy proxy) {
    return new ProxySelector() {

      @Override
      public List<Proxy> select(URI uri) {
        return List.of(proxy);
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, java.io.IOException failure) {}
    };
  }
}
