package dev.fetchwell.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(30)
class DemoServerTest {

  private final DemoServer server = DemoServer.start();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/users/7, 200, Frances",
    "/users?page=2&size=3, 200, \"id\":4",
    "/users/0, 404, no user 0",
    "/users/x, 400, error",
    "/users/7/orders, 200, \"userId\":7",
    "/orders/19, 200, \"userId\":7",
    "/orders, 200, \"id\":20",
    "/missing, 404, error",
    "/no/such/path, 404, nothing at /no/such/path",
    "/broken-json, 200, Ad",
    "/status/418, 418, 418",
    "/status/204, 204, ''",
    "/status/99, 400, expected",
  })
  void pathAnswersWithStatusAndBody(String path, int status, String part) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains(part);
  }

  @Test
  void pagesLinkToTheNextOneUntilTheLast() throws Exception {
    assertThat(get("/users?page=1&size=100").headers().firstValue("Link"))
        .contains("</users?page=2&size=100>; rel=\"next\"");
    assertThat(get("/users?page=10&size=100").headers().firstValue("Link")).isEmpty();
  }

  @Test
  void echoTellsMethodHeadersAndBody() throws Exception {
    HttpRequest request =
        request("/echo?q=1")
            .header("X-Colour", "blue")
            .method("PATCH", BodyPublishers.ofString("grün"))
            .build();
    JsonNode echo = json(client.send(request, BodyHandlers.ofString()));
    assertThat(echo.get("method").asString()).isEqualTo("PATCH");
    assertThat(echo.get("path").asString()).isEqualTo("/echo");
    assertThat(echo.get("headers").get("x-colour").get(0).asString()).isEqualTo("blue");
    assertThat(echo.get("body").asString()).isEqualTo("grün");
  }

  @Test
  void chunkedRequestBodyIsRead() throws Exception {
    byte[] body = new byte[100_000];
    Arrays.fill(body, (byte) 'a');
    HttpRequest request =
        request("/echo").POST(BodyPublishers.ofByteArrays(List.of(body, new byte[] {'b'}))).build();
    JsonNode echo = json(client.send(request, BodyHandlers.ofString()));
    assertThat(echo.get("headers").has("transfer-encoding")).isTrue();
    assertThat(echo.get("body").asString()).hasSize(100_001).endsWith("ab");
  }

  @Test
  void flakyFailsAsOftenAsAskedForEachName() throws Exception {
    assertThat(get("/flaky/a?fails=2&status=500").statusCode()).isEqualTo(500);
    assertThat(get("/flaky/a?fails=2&status=500").statusCode()).isEqualTo(500);
    assertThat(get("/flaky/b?fails=1").statusCode()).isEqualTo(503);
    assertThat(json(get("/flaky/a?fails=2")).get("requests").asInt()).isEqualTo(3);
    assertThat(server.requests("/flaky/a")).isEqualTo(3);
    assertThat(server.requests()).isEqualTo(4);
  }

  @Test
  void limitedSaysWhenToComeBackAndThenAnswers() throws Exception {
    HttpResponse<String> refused = get("/limited/a?after=2");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("2");
    assertThat(get("/limited/a").statusCode()).isEqualTo(200);
  }

  @Test
  void slowOnceWaitsTheFirstTimeOnly() throws Exception {
    assertThat(json(get("/slow-once/a?ms=50")).get("waitedMillis").asInt()).isEqualTo(50);
    assertThat(json(get("/slow-once/a?ms=50")).get("waitedMillis").asInt()).isZero();
  }

  @Test
  void hundredsOfSlowRequestsRunAtOnceAndAreCounted() {
    List<CompletableFuture<HttpResponse<String>>> calls =
        IntStream.range(0, 300).mapToObj(i -> getAsync("/slow?ms=1000")).toList();
    calls.forEach(call -> assertThat(call.join().statusCode()).isEqualTo(200));
    assertThat(server.maxConcurrency("/slow")).isGreaterThan(50).isLessThanOrEqualTo(300);
    assertThat(server.maxConcurrency()).isEqualTo(server.maxConcurrency("/slow"));
    assertThat(server.maxConcurrency("/users")).isZero();
    server.resetStatistics();
    assertThat(server.requests("/slow")).isZero();
    assertThat(server.maxConcurrency()).isZero();
  }

  @Test
  void requestsOneAfterAnotherNeverCountAsTwoAtOnce() throws Exception {
    for (int i = 0; i < 500; i++) {
      get("/users/1");
    }
    assertThat(server.maxConcurrency()).isEqualTo(1);
  }

  @Test
  void clientThatGivesUpIsNoticed() {
    HttpRequest request = request("/stalled").timeout(Duration.ofMillis(200)).build();
    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isInstanceOf(HttpTimeoutException.class);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.abandoned("/stalled") == 0 && System.nanoTime() < deadline) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(server.abandoned("/stalled")).isEqualTo(1);
  }

  @Test
  void resetEndsTheConnectionWithAnError() {
    assertThatThrownBy(() -> get("/reset"))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining("reset");
  }

  @ParameterizedTest
  @CsvSource({"false, 3000000", "true, 3000000", "true, 0", "false, 0"})
  void bigStreamsAsManyBytesAsAsked(boolean chunked, int bytes) throws Exception {
    HttpResponse<String> response = get("/big?bytes=" + bytes + "&chunked=" + chunked);
    assertThat(response.body()).hasSize(bytes);
    assertThat(response.headers().firstValue("Content-Length").isPresent()).isEqualTo(!chunked);
    assertThat(get("/status/200").statusCode()).isEqualTo(200);
  }

  @Test
  void headIsAnsweredWithoutBody() throws Exception {
    for (String path : List.of("/users/7", "/big?bytes=9", "/big?chunked=true")) {
      HttpRequest head = request(path).method("HEAD", BodyPublishers.noBody()).build();
      assertThat(client.send(head, BodyHandlers.ofString()).body()).isEmpty();
    }
    assertThat(server.abandoned("/big")).isZero();
  }

  @Test
  void answersComeWithoutNagleDelay() throws Exception {
    long[] nanos = new long[300];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      get("/users/7");
      nanos[i] = System.nanoTime() - start;
    }
    Arrays.sort(nanos);
    // Nagle's algorithm against a delayed acknowledgement costs 40 ms on every answer.
    assertThat(nanos[nanos.length / 2]).isLessThan(TimeUnit.MILLISECONDS.toNanos(20));
  }

  @Test
  void exampleCanAddARouteOfItsOwn() throws Exception {
    server.routes().add("/greet/{name}", e -> e.text(200, "text/plain", e.variable("name")));
    assertThat(get("/greet/Ada").body()).isEqualTo("Ada");
  }

  @Test
  void closedServerRefusesConnections() {
    server.close();
    assertThatThrownBy(() -> get("/users/7")).isInstanceOf(IOException.class);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return client.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.url(path)));
  }

  private static JsonNode json(HttpResponse<String> response) {
    return new JsonMapper().readTree(response.body());
  }
}
