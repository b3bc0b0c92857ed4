package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.TypeRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said about calls that no server ever saw. */
@Timeout(30)
class UnsentCallTest {

  private final ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final String url = "http://127.0.0.1:" + silent.getLocalPort() + "/";

  UnsentCallTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    silent.close();
  }

  @Test
  void rejectedCallHadNoAttempt() {
    try (AsyncHttpClient client =
        AsyncHttpClient.builder().maxConcurrency(1).maxQueued(0).build()) {
      CompletableFuture<String> holder = client.getString(url);
      FetchError error = errorOf(client.get(url));
      assertThat(error).isInstanceOf(BulkheadFullError.class);
      assertThat(error.attempts()).isZero();
      assertThat(error).hasMessageContaining("raise maxQueued");
      holder.cancel(false);
    }
  }

  @Test
  void callThatWaitedForItsPermitInVainHadNoAttempt() {
    try (AsyncHttpClient client =
        AsyncHttpClient.builder().maxConcurrency(1).queueTimeout(Duration.ofMillis(50)).build()) {
      CompletableFuture<String> holder = client.getString(url);
      assertThat(errorOf(client.get(url)))
          .isInstanceOfSatisfying(
              FetchTimeoutError.class,
              error -> {
                assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.QUEUE);
                assertThat(error.attempts()).isZero();
              });
      FetchError total = errorOf(client.get(url).timeout(Duration.ofMillis(20)));
      assertThat(total.attempts()).isZero();
      assertThat(total.mayHaveBeenProcessed()).isFalse();
      holder.cancel(false);
    }
  }

  @Test
  void callOnTheWireHadItsAttempt() {
    try (AsyncHttpClient client = AsyncHttpClient.create()) {
      FetchError error = errorOf(client.get(url).timeout(Duration.ofMillis(200)));
      assertThat(error.attempts()).isEqualTo(1);
      assertThat(error.mayHaveBeenProcessed()).isTrue();
    }
  }

  @Test
  void relativeUrlWithoutBaseUrlSaysWhatIsMissing() {
    try (AsyncHttpClient client = AsyncHttpClient.create()) {
      assertThat(errorOf(client.get("/users/7?key=secret")))
          .isInstanceOf(InvalidRequestError.class)
          .hasMessageContaining("relative URL '/users/7?***'")
          .hasMessageContaining("baseUrl");
    }
  }

  private static FetchError errorOf(RequestSpec request) {
    Outcome<List<String>> outcome = request.asOutcome(new TypeRef<List<String>>() {}).join();
    return ((Outcome.Failure<List<String>>) outcome).error();
  }
}
