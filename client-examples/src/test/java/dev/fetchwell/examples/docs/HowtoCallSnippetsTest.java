package dev.fetchwell.examples.docs;

import static dev.fetchwell.examples.docs.LocalServers.base;
import static dev.fetchwell.examples.docs.LocalServers.failure;
import static dev.fetchwell.examples.docs.LocalServers.text;
import static dev.fetchwell.examples.docs.LocalServers.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What docs/howto.md shows of tokens, signatures, several APIs and chat completions works. */
@Timeout(60)
class HowtoCallSnippetsTest {

  private static final byte[] KEY = "a key of both".getBytes(UTF_8);

  @RegisterExtension final LocalServers servers = new LocalServers();

  private final AtomicInteger tokens = new AtomicInteger();

  /** Gives a token for the refresh token that it gave last, and for no other. */
  private MockResponse tokenFor(RecordedRequest request) {
    String form = request.getBody().utf8();
    int now = tokens.get();
    if (!form.contains("refresh_token=r" + now) || !form.contains("client_id=shop")) {
      return new MockResponse.Builder().code(400).body("{\"error\":\"invalid_grant\"}").build();
    }
    tokens.incrementAndGet();
    return text(
        "{\"access_token\":\"t%d\",\"refresh_token\":\"r%d\",\"expires_in\":3600}"
            .formatted(now, now + 1));
  }

  @Test
  void tokenThatIsRefusedIsRefreshedWithTheNewestRefreshToken() throws Exception {
    MockWebServer login = servers.answering(this::tokenFor);
    AtomicInteger revoked = new AtomicInteger(-1);
    MockWebServer api =
        servers.answering(
            request -> {
              String token = String.valueOf(request.getHeaders().get("Authorization"));
              return token.equals("Bearer t" + revoked.get())
                  ? new MockResponse.Builder().code(401).build()
                  : text(token);
            });
    AsyncHttpClient client =
        servers.closing(
            HowtoCallSnippets.refreshed(
                servers.closing(AsyncHttpClient.create()),
                base(login) + "/token",
                "shop",
                "r0",
                base(api)));
    assertThat(value(client.getString("/"))).isEqualTo("Bearer t0");
    for (int old = 0; old < 3; old++) {
      revoked.set(old);
      assertThat(value(client.getString("/"))).isEqualTo("Bearer t" + (old + 1));
    }
    assertThat(login.getRequestCount()).isEqualTo(4);
  }

  private static MockResponse verified(RecordedRequest request) {
    String time = request.getHeaders().get("X-Time");
    String path = request.getUrl().encodedPath();
    Buffer signed =
        new Buffer()
            .writeUtf8(request.getMethod() + "\n" + path + "\n" + time + "\n")
            .write(request.getBody() == null ? ByteString.EMPTY : request.getBody());
    boolean right =
        signed.hmacSha256(ByteString.of(KEY)).hex().equals(request.getHeaders().get("X-Signature"));
    return right ? text("welcome") : new MockResponse.Builder().code(403).build();
  }

  @Test
  void serverThatVerifiesSignaturesTakesTheRequests() throws Exception {
    MockWebServer server = servers.answering(HowtoCallSnippetsTest::verified);
    AsyncHttpClient client = servers.closing(HowtoCallSnippets.signed(KEY, base(server)));
    assertThat(value(client.getString("/a%20b?c=d"))).isEqualTo("welcome");
    assertThat(value(client.post("/orders").json(List.of(1, 2)).asString())).isEqualTo("welcome");
    AsyncHttpClient forger =
        servers.closing(HowtoCallSnippets.signed("another".getBytes(UTF_8), base(server)));
    assertThat(failure(forger.getString("/"), ClientStatusError.class).status()).isEqualTo(403);
  }

  @Test
  void clientsOfTwoApisShareConnectionsAndNothingElse() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                text(
                    request.getHeaders().get("Authorization")
                        + " "
                        + request.getHeaders().get("X-Api-Key")
                        + " "
                        + request.getHeaders().get("User-Agent")));
    TokenSource source =
        TokenSource.of(
            () ->
                CompletableFuture.completedFuture(
                    new Token("t", Instant.now().plusSeconds(3_600))));
    List<AsyncHttpClient> clients =
        HowtoCallSnippets.apis(base(server) + "/users", source, base(server) + "/payments", "k");
    clients.forEach(servers::closing);
    AsyncHttpClient users = clients.get(1);
    AsyncHttpClient payments = clients.get(2);
    assertThat(value(users.getString("/7"))).isEqualTo("Bearer t null shop/2.1");
    users.close();
    assertThat(value(payments.getString("/8"))).isEqualTo("null k shop/2.1");
    RecordedRequest first = server.takeRequest();
    RecordedRequest second = server.takeRequest();
    assertThat(first.getTarget() + " " + second.getTarget()).isEqualTo("/users/7 /payments/8");
    assertThat(first.getConnectionIndex()).isEqualTo(second.getConnectionIndex());
  }

  private static MockResponse.Builder chat(String events) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "text/event-stream")
        .chunkedBody(events, 16);
  }

  private static String delta(String content) {
    return "data: {\"choices\":[{\"delta\":{\"content\":" + content + "}}]}\n\n";
  }

  @Test
  void answerOfAChatComesPieceByPiece() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                chat(delta("null")
                        + delta("\"Hello\"")
                        + ": still thinking\n\n"
                        + delta("\" Ada\"")
                        + "data: {\"choices\":[]}\n\ndata: [DONE]\n\n")
                    .build());
    AsyncHttpClient client =
        servers.closing(AsyncHttpClient.builder().baseUrl(base(server)).build());
    List<String> printed = new CopyOnWriteArrayList<>();
    assertThat(value(HowtoCallSnippets.chat(client, "key", "Who am I?", printed::add)))
        .isEqualTo(4);
    assertThat(String.join("", printed)).isEqualTo("Hello Ada");
    RecordedRequest request = server.takeRequest();
    assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer key");
    assertThat(request.getBody().utf8())
        .contains("\"stream\":true", "\"role\":\"user\"", "\"content\":\"Who am I?\"");
  }

  @Test
  void chatThatBreaksOffIsNotPaidForTwice() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                chat(delta("\"Hel\"") + delta("\"lo\"").repeat(1_000))
                    .onResponseBody(SocketEffect.ShutdownConnection.INSTANCE)
                    .build());
    AsyncHttpClient client =
        servers.closing(AsyncHttpClient.builder().baseUrl(base(server)).build());
    List<String> printed = new CopyOnWriteArrayList<>();
    failure(HowtoCallSnippets.chat(client, "key", "Hello?", printed::add), ConnectionError.class);
    assertThat(printed).startsWith("Hel");
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void chatThatIsRefusedSaysWhy() throws Exception {
    MockWebServer server =
        servers.answering(
            request -> new MockResponse.Builder().code(429).body("out of credits").build());
    AsyncHttpClient client =
        servers.closing(AsyncHttpClient.builder().baseUrl(base(server)).build());
    ClientStatusError error =
        failure(
            HowtoCallSnippets.chat(client, "key", "Hello?", text -> {}), ClientStatusError.class);
    assertThat(new String(error.body(), UTF_8)).isEqualTo("out of credits");
    assertThat(server.getRequestCount()).isEqualTo(1);
  }
}
