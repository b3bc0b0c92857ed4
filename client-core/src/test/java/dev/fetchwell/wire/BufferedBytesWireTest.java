package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory for the bodies of a client: 200 kB, of which a body may have 100 kB. */
class BufferedBytesWireTest {

  private static final int BODY = 100_000;
  private static final int ALL = 2 * BODY;

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private AsyncHttpClient client(Duration attempt) {
    return wire.client(
        builder -> builder.maxResponseBytes(BODY).maxBufferedBytes(ALL).attemptTimeout(attempt));
  }

  /** Half of a body, and the rest when the latch opens. */
  private Script half(CountDownLatch rest) {
    wire.finallyDo(rest::countDown);
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n");
      exchange.raw(new byte[BODY / 2]);
      rest.await();
      exchange.raw(new byte[BODY / 2]);
    };
  }

  private static Script chunked(int bytes) {
    return exchange -> {
      exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      try (OutputStream out = exchange.chunks()) {
        out.write(new byte[bytes]);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 16_384, 50_000, 99_999, 100_000})
  void bodiesOfAnyLengthArriveWhetherItIsAnnouncedOrNot(int length) {
    byte[] body = new byte[length];
    Arrays.fill(body, (byte) 'x');
    ScriptedServer announced = wire.server(exchange -> exchange.respond(200, Map.of(), body));
    ScriptedServer chunked =
        wire.server(
            exchange -> {
              exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              try (OutputStream out = exchange.chunks()) {
                if (length > 0) {
                  out.write(body);
                }
              }
            });
    AsyncHttpClient client = client(Duration.ofSeconds(10));
    assertThat(value(client.getBytes(announced.url("/")))).isEqualTo(body);
    assertThat(value(client.getBytes(chunked.url("/")))).isEqualTo(body);
  }

  @Test
  void bodyWithoutRoomEndsAtItsDeadlineAndNamesTheLimit() {
    CountDownLatch rest = new CountDownLatch(1);
    ScriptedServer slow = wire.server(half(rest));
    AsyncHttpClient patient = client(Duration.ofSeconds(10));
    List<CompletableFuture<byte[]>> halves = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      halves.add(patient.getBytes(slow.url("/")));
    }
    slow.awaitRequests(3);
    ScriptedServer quick = wire.server(chunked(BODY));
    FetchTimeoutError error =
        failure(
            patient.get(quick.url("/")).noRetry().attemptTimeout(Duration.ofMillis(500)).asBytes(),
            FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.ATTEMPT);
    assertThat(error)
        .hasMessageContaining("maxBufferedBytes 200000")
        .hasMessageContaining("stream the body");

    rest.countDown();
    assertThat(halves).allSatisfy(call -> assertThat(value(call)).hasSize(BODY));
    assertThat(value(patient.getBytes(quick.url("/")))).hasSize(BODY);
  }

  @Test
  void manyHalfReadBodiesAllArriveInTheEnd() {
    AsyncHttpClient client = client(Duration.ofSeconds(10));
    ScriptedServer server =
        wire.server(
            exchange -> {
              exchange.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              try (OutputStream out = exchange.chunks()) {
                for (int i = 0; i < 10; i++) {
                  out.write(new byte[BODY / 10]);
                }
              }
            });
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      calls.add(client.getBytes(server.url("/")).thenApply(bytes -> bytes.length));
    }
    assertThat(calls).allSatisfy(call -> assertThat(value(call)).isEqualTo(BODY));
  }

  @Test
  void cancelWhileItWaitsGivesAllBack() {
    CountDownLatch rest = new CountDownLatch(1);
    ScriptedServer slow = wire.server(half(rest));
    AsyncHttpClient client = client(Duration.ofSeconds(10));
    List<CompletableFuture<byte[]>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(client.getBytes(slow.url("/")));
    }
    slow.awaitRequests(6);
    calls.forEach(call -> call.cancel(true));
    ScriptedServer quick = wire.server(chunked(BODY));
    assertThat(value(client.getBytes(quick.url("/")))).hasSize(BODY);
  }

  @Test
  void roomIsBackBeforeADependentRunsAndWhenDecodingFails() {
    ScriptedServer server = wire.server(chunked(BODY));
    AsyncHttpClient client = client(Duration.ofSeconds(2));
    CompletableFuture<Integer> nested = client.getBytes(server.url("/")).thenApply(b -> b.length);
    for (int i = 0; i < 10; i++) {
      nested = nested.thenApply(before -> before + value(client.getBytes(server.url("/"))).length);
    }
    assertThat(value(nested)).isEqualTo(11 * BODY);
    for (int i = 0; i < 5; i++) {
      assertThat(client.getJson(server.url("/")).handle((json, thrown) -> thrown))
          .succeedsWithin(Duration.ofSeconds(5))
          .isNotNull();
    }
    assertThat(value(client.getBytes(server.url("/")))).hasSize(BODY);
  }

  @Test
  void errorBodiesAreReadWithinTheBudgetToo() {
    String page = "e".repeat(500_000);
    ScriptedServer server = wire.server(Scripts.respond(404, page));
    AsyncHttpClient client = client(Duration.ofSeconds(10));
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(client.getString(server.url("/")));
    }
    assertThat(calls)
        .allSatisfy(
            call ->
                assertThat(failure(call, ClientStatusError.class).body())
                    .isEqualTo(page.substring(0, 64 * 1024).getBytes(ISO_8859_1)));
  }

  @Test
  void bodyAboveTheWholeBudgetIsTooLargeWhateverItsCallAllows() {
    for (Script script : List.of(chunked(ALL + 1), Scripts.respond(200, "x".repeat(ALL + 1)))) {
      ScriptedServer server = wire.server(script);
      BodyTooLargeError error =
          failure(
              client(Duration.ofSeconds(10))
                  .get(server.url("/"))
                  .maxResponseBytes(Long.MAX_VALUE)
                  .asBytes(),
              BodyTooLargeError.class);
      assertThat(error.limit()).isEqualTo(ALL);
      assertThat(error).hasMessageContaining("raise maxBufferedBytes");
    }
  }

  /** Such as a caller's own decompression that leaves the length as it was. */
  @ParameterizedTest
  @ValueSource(ints = {9_000, 60_000})
  void wrongLengthOfACallersInterceptorLosesNothing(int announced) {
    Interceptor wrong =
        chain -> {
          Response response = chain.proceed(chain.request());
          ResponseBody body = ResponseBody.create(response.body().source(), null, announced);
          return response.newBuilder().body(body).build();
        };
    AsyncHttpClient client =
        wire.clientOn(new OkHttpClient.Builder().addInterceptor(wrong).build());
    ScriptedServer server = wire.server(Scripts.respond(200, "x".repeat(30_000)));
    assertThat(value(client.getBytes(server.url("/")))).hasSize(30_000);
  }

  @Test
  void lessThanOneBodyIsRefusedWhenTheClientIsBuilt() {
    assertThatThrownBy(() -> AsyncHttpClient.builder().maxBufferedBytes(0))
        .hasMessage("maxBufferedBytes: 0 (expected: >= 1)");
    assertThatThrownBy(() -> AsyncHttpClient.builder().maxBufferedBytes(1_000_000).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxBufferedBytes: 1000000 (expected: >= maxResponseBytes 10485760)");
    wire.client(builder -> builder.maxResponseBytes(Long.MAX_VALUE));
  }
}
