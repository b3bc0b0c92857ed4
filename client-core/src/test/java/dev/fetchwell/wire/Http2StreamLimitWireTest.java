package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.RawHttp2Server;
import dev.fetchwell.testserver.RawHttp2Server.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that allows a single stream a connection. */
class Http2StreamLimitWireTest {

  /** SETTINGS with MAX_CONCURRENT_STREAMS (3) of 1. */
  private static final byte[] ONE_STREAM = {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1};

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @RepeatedTest(5)
  void callsAtOnceAllSucceed() {
    ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    wire.closing(later::shutdownNow);
    RawHttp2Server server =
        wire.closing(
            RawHttp2Server.startWith(ONE_STREAM, Answer.oneAtATime(later, Duration.ofMillis(100))));
    AsyncHttpClient client =
        wire.clientOn(
            new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build());
    List<CompletableFuture<FetchResponse>> calls =
        IntStream.range(0, 30).mapToObj(i -> client.post(server.url("/")).asResponse()).toList();
    for (CompletableFuture<FetchResponse> call : calls) {
      FetchResponse response = value(call);
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.attempts()).isLessThanOrEqualTo(3);
    }
  }
}
