package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import dev.fetchwell.testkit.LogLines;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class LogListenerExchangesTest {

  private final LogLines lines = new LogLines();
  private final FakeServer server = FakeServer.create();

  private AsyncHttpClient client(LogListener listener) {
    return server.client(builder -> builder.listener(listener));
  }

  /** Without the number of the call, and without the line of the call. */
  private List<String> exchanges() {
    return lines.written().stream()
        .filter(line -> line.contains("--"))
        .map(line -> line.replaceAll("call \\d+", "call N"))
        .toList();
  }

  private static FakeReply reply(String mediaType, String body) {
    return FakeReply.bytes(body.getBytes(StandardCharsets.UTF_8), mediaType);
  }

  @Test
  void neitherHeadersNorBodiesAreShownUnlessAskedFor() {
    AsyncHttpClient client = client(LogListener.to(lines));
    server.on("GET", "/x", FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(exchanges()).isEmpty();
    assertThat(LogListener.to(lines).bodyBytes()).isZero();
  }

  @Test
  void eachAttemptIsShownWithItsHeaders() {
    AsyncHttpClient client = client(LogListener.to(lines).withHeaders());
    server.on(
        "GET",
        "/x",
        FakeReply.status(503).header("Retry-After", "1"),
        FakeReply.text("ok").header("X-Id", "7").after(Duration.ofMillis(43)));

    server.await(client.get("/x").query("key", "hush").header("X-Trace", "abc").asString());

    assertThat(exchanges()).hasSize(4);
    assertThat(exchanges().get(0))
        .startsWith("DEBUG --> GET https://fake.example/x?key=*** (call N, attempt 1) [")
        .contains("X-Trace: abc");
    assertThat(exchanges().get(1))
        .startsWith("DEBUG <-- 503 GET https://fake.example/x?key=*** (call N, attempt 1) in 0 ms")
        .contains("Retry-After: 1");
    assertThat(exchanges().get(2)).contains("(call N, attempt 2)");
    assertThat(exchanges().get(3)).contains("in 43 ms").contains("X-Id: 7").doesNotContain("ok");
    assertThat(lines.written()).noneMatch(line -> line.contains("hush"));
  }

  @Test
  void secretsOfHeadersAreNeverShown() {
    AsyncHttpClient client = client(LogListener.to(lines).withHeaders().redactHeader("X-Customer"));
    server.on(
        "GET",
        "/x",
        FakeReply.text("ok")
            .header("Set-Cookie", "id=hush")
            .header("X-Auth-Token", "hush")
            .header("Content-Location", "https://me:hush@a.example/b?token=hush,hush;hush#hush")
            .header("Link", "<https://a.example/b?page=hush>; rel=\"next\""));

    server.await(
        client
            .get("/x")
            .bearer("hush")
            .secretHeader("X-Mine", "hush")
            .header("Cookie", "hush")
            .header("Proxy-Authorization", "hush")
            .header("x-customer", "hush")
            .header("Referer", "https://b.example/?q=hush")
            .asString());

    assertThat(exchanges()).hasSize(2).noneMatch(line -> line.contains("hush"));
    assertThat(exchanges().get(0))
        .contains("Authorization: ***", "X-Mine: ***", "Cookie: ***", "x-customer: ***")
        .contains("Referer: https://b.example/?***");
    assertThat(exchanges().get(1))
        .contains("Set-Cookie: ***", "X-Auth-Token: ***")
        .contains("Content-Location: https://***@a.example/b?***")
        .contains("Link: <https://a.example/b?***>; rel=\"next\"");
  }

  @Test
  void textIsShownUpToTheLimitAndAllElseByItsSize() {
    AsyncHttpClient client = client(LogListener.to(lines).withBodies(8));
    Consumer<FakeReply> answered =
        reply -> {
          server.on("POST", "/x", reply);
          server.await(client.post("/x").json(Map.of("a", 1)).asBytes());
        };
    answered.accept(reply("application/problem+json; charset=utf-8", "12345678"));
    answered.accept(reply("text/plain", "1234567\u00e9"));
    answered.accept(reply("image/png", "secret picture"));
    answered.accept(reply("text/plain", "gzipped").header("Content-Encoding", "br"));
    answered.accept(reply("text/plain", ""));

    assertThat(exchanges())
        .element(0)
        .isEqualTo("DEBUG --> POST https://fake.example/x (call N, attempt 1) {\"a\":1}");
    assertThat(exchanges())
        .filteredOn(line -> line.contains("<--"))
        .extracting(line -> line.substring(line.indexOf(" ms") + 3))
        .containsExactly(
            " 12345678",
            " 1234567... (8 bytes shown)",
            " <14 bytes of image/png>",
            " <7 bytes of text/plain>",
            "");
  }

  @Test
  void requestBodiesThatAreNotInMemoryOrNotTextAreShownByTheirSize() {
    AsyncHttpClient client = client(LogListener.to(lines).withBodies(100));
    server.on("POST", "/x", FakeReply.text("ok"));

    server.await(
        client
            .post("/x")
            .body(() -> new ByteArrayInputStream(new byte[12]), 12, "text/csv")
            .asVoid());
    server.await(client.post("/x").body(new byte[3], "image/png").asVoid());
    server.await(client.post("/x").form(Map.of("user", "ada")).asVoid());

    assertThat(exchanges())
        .filteredOn(line -> line.contains("-->"))
        .extracting(line -> line.substring(line.indexOf(") ") + 2))
        .containsExactly("<12 bytes of text/csv>", "<3 bytes of image/png>", "user=ada");
  }

  @Test
  void bodyThatThrowsWhenItIsShownCostsNoCallAndNotTheAnswersLine() {
    AsyncHttpClient client = client(LogListener.to(lines).withBodies(100));
    server.on("POST", "/x", FakeReply.text("ok"));
    RequestBody failing =
        new RequestBody() {
          @Override
          public String mediaType() {
            return "text/plain";
          }

          @Override
          public long length() {
            return 1;
          }

          @Override
          public void writeTo(OutputStream out) throws IOException {
            out.write('x');
          }

          @Override
          public Optional<byte[]> bytes() {
            throw new StackOverflowError("thrown by a body");
          }
        };

    assertThat(server.await(client.post("/x").body(failing).asString())).isEqualTo("ok");

    assertThat(exchanges().get(0)).endsWith("<1 bytes of text/plain>");
    assertThat(exchanges().get(1)).endsWith(" ok");
  }

  @Test
  void nobodyForgesALine() {
    AsyncHttpClient client = client(LogListener.to(lines).withHeaders().withBodies(1_000));
    server.on("GET", "/x", reply("text/plain", "a\r\nWARN forged \u001b[31m \u2028 {}"));

    server.await(client.get("/x").tag("c\nWARN forged").asString());

    assertThat(lines.written())
        .hasSize(3)
        .allMatch(line -> line.startsWith("DEBUG "))
        .allMatch(line -> line.chars().allMatch(c -> c >= ' ' && c <= '~'));
    assertThat(exchanges().get(1)).contains("a\\u000D\\u000AWARN forged \\u001B[31m");
  }

  @Test
  void nobodyForgesALineByAHeader() {
    FetchRequest request =
        new FetchRequest(HttpMethod.GET, URI.create("https://a.example/"), List.of(), null);
    Exchanged exchanged =
        new Exchanged(
            request,
            Map.of("X-Odd", List.of("b\r\nWARN forged\u0085")),
            ByteBuffer.allocate(0),
            "http/1.1",
            "",
            0,
            0);
    CallInfo call = new CallInfo(7, "GET", request.url(), "a.example", "");

    LogListener.to(lines)
        .withHeaders()
        .attemptEnded(new AttemptEnded(call, 1, 200, null, Phases.NONE, exchanged));

    assertThat(lines.written())
        .containsExactly(
            "DEBUG --> GET https://a.example/ (call 7, attempt 1)",
            "DEBUG <-- 200 GET https://a.example/ (call 7, attempt 1) in 0 ms"
                + " [X-Odd: b\\u000D\\u000AWARN forged\\u0085]");
  }

  @Test
  void attemptWithoutAnAnswerSaysWhy() {
    AsyncHttpClient client = client(LogListener.to(lines).withHeaders());
    server.on("GET", "/x", FakeReply.fault(Fault.CONNECTION_RESET));

    assertThatThrownBy(() -> server.await(client.get("/x").noRetry().asString()));

    assertThat(exchanges().get(1))
        .isEqualTo("DEBUG <-- RESET GET https://fake.example/x (call N, attempt 1) in 0 ms");
  }

  @Test
  void redirectIsShownAsAnExchangeOfItsOwnWithoutTheQueryThatItLeadsTo() {
    AsyncHttpClient client = client(LogListener.to(lines).withHeaders());
    server.on("GET", "/a", FakeReply.status(302).header("Location", "/b?signature=hush"));
    server.on("GET", "/b", FakeReply.text("ok"));

    server.await(client.getString("/a"));

    assertThat(exchanges()).hasSize(4).noneMatch(line -> line.contains("hush"));
    assertThat(exchanges().get(1))
        .startsWith("DEBUG <-- 302 GET https://fake.example/a (call N, attempt 1)")
        .contains("Location: /b?***");
    assertThat(exchanges().get(2)).startsWith("DEBUG --> GET https://fake.example/b?signature=***");
  }

  @Test
  void nothingIsKeptAndNothingShownWhileTheLoggerIsOff() {
    lines.least(Level.INFO);
    LogListener listener = LogListener.to(lines).withHeaders().withBodies(1_000);
    AsyncHttpClient client = client(listener);
    server.on("GET", "/x", FakeReply.text("ok"));

    server.await(client.getString("/x"));

    assertThat(listener.bodyBytes()).isZero();
    assertThat(lines.written()).isEmpty();
    lines.least(Level.DEBUG);
    assertThat(listener.bodyBytes()).isEqualTo(1_001);
  }

  @Test
  void listenersAreValues() {
    LogListener plain = LogListener.to(lines);
    LogListener both = plain.withBodies(1).withHeaders();

    assertThat(both).isNotSameAs(plain);
    assertThat(plain.bodyBytes()).isZero();
    assertThat(both.bodyBytes()).isEqualTo(2);
    assertThatThrownBy(() -> plain.withBodies(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit: 0 (expected: >= 1)");
  }
}
