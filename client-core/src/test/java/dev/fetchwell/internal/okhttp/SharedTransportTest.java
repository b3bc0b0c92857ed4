package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import okhttp3.Authenticator;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

/** Each interceptor is memory of every call that waits, so there are only those that it takes. */
class SharedTransportTest {

  private static final Interceptor OWN = chain -> chain.proceed(chain.request());

  private static OkHttpClient of(OkHttpClient.Builder own) {
    return SharedTransport.of(own.build()).pooled(0);
  }

  @Test
  void clientWithoutInterceptorsGetsTheGuardAndOneMark() {
    OkHttpClient client = of(new OkHttpClient.Builder());
    assertThat(client.interceptors()).hasSize(1);
    assertThat(client.networkInterceptors()).hasExactlyElementsOfTypes(OkHttpGuard.class);
  }

  @Test
  void sharedClientHasTheGuardOnly() {
    try (Transport shared = SharedTransport.lease()) {
      OkHttpClient client = shared.pooled(0);
      assertThat(client.interceptors()).isEmpty();
      assertThat(client.networkInterceptors()).hasExactlyElementsOfTypes(OkHttpGuard.class);
    }
  }

  @Test
  void callersInterceptorsStandBetweenMarksAndGuards() {
    OkHttpClient client =
        of(new OkHttpClient.Builder().addInterceptor(OWN).addNetworkInterceptor(OWN));
    assertThat(client.interceptors()).hasSize(4);
    assertThat(client.interceptors().get(1)).isSameAs(OWN);
    assertThat(client.interceptors().get(2)).isInstanceOf(SecretsGuard.class);
    assertThat(client.networkInterceptors()).hasSize(7);
    assertThat(client.networkInterceptors().get(0)).isInstanceOf(OkHttpGuard.class);
    assertThat(client.networkInterceptors().get(2)).isSameAs(OWN);
    assertThat(client.networkInterceptors().get(3)).isInstanceOf(SecretsGuard.class);
    assertThat(client.networkInterceptors().get(4)).isInstanceOf(UploadWatch.class);
    assertThat(client.networkInterceptors().get(6)).isInstanceOf(UpgradeKeeper.class);
  }

  @Test
  void authenticatorMayPutSecretsOnToo() {
    Authenticator own = (route, response) -> null;
    assertThat(of(new OkHttpClient.Builder().authenticator(own)).networkInterceptors())
        .hasExactlyElementsOfTypes(OkHttpGuard.class, SecretsGuard.class, UploadWatch.class);
    assertThat(of(new OkHttpClient.Builder().proxyAuthenticator(own)).networkInterceptors())
        .hasExactlyElementsOfTypes(OkHttpGuard.class, SecretsGuard.class, UploadWatch.class);
  }
}
