package dev.fetchwell.internal.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.testserver.NioServer;
import java.io.IOException;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

class LanesTest {

  private final Lanes lanes = new Lanes(new OkHttpClient.Builder());

  @Test
  void eachLotOf64HasAPoolOfItsOwn() {
    assertThat(lanes.of(0)).isSameAs(lanes.first()).isSameAs(lanes.of(63));
    OkHttpClient second = lanes.of(64);
    assertThat(second).isNotSameAs(lanes.first()).isSameAs(lanes.of(127));
    assertThat(IntStream.range(0, 8_000).mapToObj(n -> lanes.of(n).connectionPool()).distinct())
        .hasSize(125);
    assertThat(lanes.of(64)).isSameAs(second);
  }

  @Test
  void idleConnectionsOfAllAreCountedAndClosed() throws IOException {
    try (NioServer server = NioServer.start()) {
      for (int number : new int[] {0, 64, 640}) {
        Request request = new Request.Builder().url(server.url("/")).build();
        try (Response response = lanes.of(number).newCall(request).execute()) {
          assertThat(response.body().bytes()).isNotEmpty();
        }
      }
      assertThat(lanes.idleConnections()).isEqualTo(3);

      lanes.evictAll();

      assertThat(lanes.idleConnections()).isZero();
    }
  }
}
