package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static dev.fetchwell.wire.Neighbourhood.assertUntouched;
import static dev.fetchwell.wire.Neighbourhood.ok;
import static dev.fetchwell.wire.Neighbourhood.redirect;
import static dev.fetchwell.wire.Neighbourhood.url;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.AddressBlockedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testserver.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a URL leads to an address that is blocked, not one packet goes there. */
@Timeout(60)
class AddressGuardWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  @TempDir Path folder;

  private final Neighbourhood around = new Neighbourhood(wire);

  @Test
  void publicOnlyMeansThatLoopbackIsBlockedAndTheErrorSaysWhatToDo() throws Exception {
    ScriptedServer blocked = around.blocked();
    AsyncHttpClient client =
        wire.client(builder -> builder.addressGuard(AddressGuard.publicOnly()));

    AddressBlockedError error =
        failure(client.getString(blocked.url("/a?b=c")), AddressBlockedError.class);

    assertThat(error)
        .hasMessageContaining(
            "127.0.0.1 leads to a loopback address, which this client's address guard blocks"
                + " (AddressGuard.allow(...) if it is to be reached)")
        .hasNoCause();
    assertThat(error.address()).contains(Neighbourhood.BLOCKED);
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertUntouched(blocked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0x7f000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "0.0.0.0",
        "0",
        "①②⑦.⓪.⓪.①",
        "１２７。０。０。１",
        "user@127.0.0.1"
      })
  void textOfAnAddressDoesNotMatter(String host) throws Exception {
    ScriptedServer blocked = around.blocked();

    FetchError error =
        failure(
            around.guarded().getString("http://" + host + ":" + blocked.port() + "/"),
            FetchError.class);

    // What some resolvers take for an address is no name for others.
    assertThat(error)
        .isInstanceOfAny(
            AddressBlockedError.class, InvalidRequestError.class, ConnectionError.class);
    if (error instanceof ConnectionError unknown) {
      assertThat(unknown.kind()).isEqualTo(ConnectionError.Kind.DNS);
      assertThat(host).startsWith("0");
    }
    assertUntouched(blocked);
  }

  @Test
  void addressThatIsAllowedIsReached() {
    MockWebServer allowed = around.allowed(ok());

    assertThat(value(around.guarded().getString(url(allowed, "/")))).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void redirectToABlockedAddressIsNotFollowed(int status) throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = around.allowed(redirect(status, blocked.url("/latest/meta-data")));

    AddressBlockedError error =
        failure(around.guarded().getString(url(allowed, "/")), AddressBlockedError.class);

    assertThat(error).hasMessageContaining("127.0.0.1 leads to a loopback address");
    assertThat(error.url()).isEqualTo(url(allowed, "/"));
    assertThat(error.mayHaveBeenProcessed()).isFalse();
    assertUntouched(blocked);
  }

  @Test
  void postThatWasAnsweredWithARedirectMayHaveBeenProcessed() throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = around.allowed(redirect(303, blocked.url("/")));

    AddressBlockedError error =
        failure(
            around.guarded().post(url(allowed, "/")).body("pay", "text/plain").asString(),
            AddressBlockedError.class);

    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertUntouched(blocked);
  }

  @Test
  void blockedCallIsNotRetriedWhateverThePolicySays() throws Exception {
    ScriptedServer blocked = around.blocked();
    RetryPolicy always =
        RetryPolicy.builder()
            .maxAttempts(5)
            .backoff(Backoff.fixed(Duration.ofMillis(1)))
            .retryIf(error -> true)
            .build();

    AddressBlockedError error =
        failure(
            around.guarded(builder -> builder.retry(always)).getString(blocked.url("/")),
            AddressBlockedError.class);

    assertThat(error.attempts()).isEqualTo(1);
    assertUntouched(blocked);
  }

  @Test
  void derivedClientKeepsTheGuardUntilItIsGivenAnother() throws Exception {
    ScriptedServer blocked = around.blocked();
    AsyncHttpClient guarded = around.guarded();
    AsyncHttpClient derived =
        wire.adopt(guarded.toBuilder().timeout(Duration.ofSeconds(9)).build());
    failure(derived.getString(blocked.url("/")), AddressBlockedError.class);
    assertUntouched(blocked);

    AsyncHttpClient other =
        wire.adopt(
            derived.toBuilder().addressGuard(AddressGuard.publicOnly().allow("127.0.0.1")).build());
    assertThat(value(other.getString(blocked.url("/")))).isEqualTo("secret");
    failure(guarded.getString(blocked.url("/")), AddressBlockedError.class);
    failure(derived.getString(blocked.url("/")), AddressBlockedError.class);
  }

  @Test
  void permitsComeBackFromBlockedCalls() {
    ScriptedServer blocked = around.blocked();
    AsyncHttpClient client =
        around.guarded(builder -> builder.maxConcurrency(2).maxConcurrencyPerHost(2));
    List<CompletableFuture<String>> calls =
        Stream.generate(() -> client.getString(blocked.url("/"))).limit(200).toList();

    calls.forEach(call -> failure(call, AddressBlockedError.class));
    assertThat(blocked.acceptedConnections()).isZero();
  }

  static Stream<Named<BiFunction<AsyncHttpClient, String, CompletableFuture<?>>>> readers() {
    return Stream.of(
        Named.of("response", (client, url) -> client.get(url).asResponse()),
        Named.of("stream", (client, url) -> client.get(url).asStream()),
        Named.of("lines", (client, url) -> Lines.from(client.get(url)).forEach(line -> {})),
        Named.of("events", (client, url) -> EventStream.from(client.get(url)).forEach(e -> {})),
        Named.of(
            "expect",
            (client, url) ->
                client
                    .post(url)
                    .header("Expect", "100-continue")
                    .body("body", "text/plain")
                    .asString()),
        Named.of(
            "socket",
            (client, url) ->
                ReconnectingWebSocket.builder(client, url.replace("http:", "ws:"))
                    .backoff(Backoff.fixed(Duration.ofMillis(1)))
                    .connect()
                    .closed()));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void everyKindOfCallIsJudged(BiFunction<AsyncHttpClient, String, CompletableFuture<?>> reader)
      throws Exception {
    ScriptedServer blocked = around.blocked();

    failure(reader.apply(around.guarded(), blocked.url("/")), AddressBlockedError.class);

    assertUntouched(blocked);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void everyKindOfCallIsJudgedAfterARedirect(
      BiFunction<AsyncHttpClient, String, CompletableFuture<?>> reader) throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = around.allowed(redirect(307, blocked.url("/")));

    failure(reader.apply(around.guarded(), url(allowed, "/")), AddressBlockedError.class);

    assertUntouched(blocked);
  }

  @Test
  void downloadIsJudgedAndLeavesNoFile() throws Exception {
    ScriptedServer blocked = around.blocked();
    MockWebServer allowed = around.allowed(redirect(302, blocked.url("/")));
    Path target = folder.resolve("file");

    failure(
        Download.from(around.guarded().get(url(allowed, "/"))).to(target),
        AddressBlockedError.class);

    assertThat(Files.exists(target)).isFalse();
    assertUntouched(blocked);
  }

  @Test
  void nextLinkIsJudged() throws Exception {
    ScriptedServer blocked = around.blocked();
    MockResponse page =
        new MockResponse.Builder()
            .body("[1]")
            .addHeader("Content-Type", "application/json")
            .addHeader("Link", "<" + blocked.url("/2") + ">; rel=\"next\"")
            .build();
    MockWebServer allowed = around.allowed(page);

    failure(
        Pages.from(around.guarded().get(url(allowed, "/1")), int[].class)
            .linkHeader()
            .items(numbers -> List.of(numbers.length))
            .toList(),
        AddressBlockedError.class);

    assertUntouched(blocked);
  }

  @Test
  void webSocketDoesNotConnectAgainAndAgain() throws Exception {
    ScriptedServer blocked = around.blocked();
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(around.guarded(), "ws://127.0.0.1:" + blocked.port())
            .backoff(Backoff.fixed(Duration.ofMillis(1)))
            .connect();

    Awaited.failure(socket.closed(), AddressBlockedError.class);

    assertUntouched(blocked);
  }
}
