package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.RawServer.Talk;
import dev.fetchwell.testserver.TestCertificates;
import dev.fetchwell.testserver.UploadHttp2Server;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that waits for the server's word before it sends its body, but not for ever. */
@Timeout(60)
class ExpectContinueWireTest {

  private static final byte[] BODY = "some body".getBytes(StandardCharsets.US_ASCII);
  private static final String GO_ON = "HTTP/1.1 100 Continue\r\n\r\n";

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private RawServer server(boolean tls, Talk talk) {
    return wire.closing(
        tls ? RawServer.startTls(TestCertificates.trusted(), talk) : RawServer.start(talk));
  }

  private static RequestSpec request(AsyncHttpClient client, RawServer server) {
    return client
        .put(server.url("/"))
        .body(BODY, "text/plain")
        .header("Expect", "100-continue")
        .noRetry();
  }

  private FetchResponse sent(RawServer server) {
    return value(request(wire.trustingClient(), server).asResponse());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serverThatNeverSaysSoGetsTheBodyAfterASecond(boolean tls) {
    RawServer server =
        server(
            tls,
            peer -> {
              assertThat(peer.head()).containsIgnoringCase("expect: 100-continue");
              peer.respond(200, new String(peer.read(BODY.length), StandardCharsets.US_ASCII));
              peer.stall();
            });
    FetchResponse response = sent(server);
    assertThat(response.text()).isEqualTo("some body");
    assertThat(response.elapsed()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(5));
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serverThatSaysSoGetsTheBodyAtOnce(boolean tls) {
    RawServer server =
        server(
            tls,
            peer -> {
              peer.head();
              peer.write(GO_ON);
              peer.respond(200, new String(peer.read(BODY.length), StandardCharsets.US_ASCII));
              peer.stall();
            });
    AsyncHttpClient client = wire.trustingClient();
    assertThat(value(request(client, server).asString())).isEqualTo("some body");
    FetchResponse second = value(request(client, server).asResponse());
    assertThat(second.elapsed()).isLessThan(Duration.ofMillis(900));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void serverThatRefusesGetsNoBody(boolean tls) {
    AtomicInteger read = new AtomicInteger();
    RawServer server =
        server(
            tls,
            peer -> {
              peer.head();
              peer.respond(417, "no");
              read.set(peer.in().readAllBytes().length);
            });
    ClientStatusError error =
        failure(request(wire.trustingClient(), server).asString(), ClientStatusError.class);
    assertThat(error.status()).isEqualTo(417);
    assertThat(error.bodyText()).isEqualTo("no");
    assertThat(read).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void lateWordIsSkipped(boolean tls) {
    RawServer server =
        server(
            tls,
            peer -> {
              peer.head();
              peer.read(BODY.length);
              peer.write(GO_ON);
              peer.respond(200, "thanks");
              peer.stall();
            });
    assertThat(sent(server).text()).isEqualTo("thanks");
  }

  @Test
  void serverThatThenSaysNothingEndsByTheAttemptsTimeout() {
    RawServer server = server(false, RawServer.Peer::stall);
    FetchTimeoutError error =
        failure(
            request(wire.client(), server).attemptTimeout(Duration.ofMillis(1500)).asString(),
            FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(FetchTimeoutError.Phase.ATTEMPT);
  }

  @Test
  void attemptThatIsShorterThanTheWaitIsNotHeldUp() {
    RawServer server = server(false, RawServer.Peer::stall);
    FetchTimeoutError error =
        failure(
            request(wire.client(), server).attemptTimeout(Duration.ofMillis(300)).asString(),
            FetchTimeoutError.class);
    assertThat(error.elapsed()).isLessThan(Duration.ofMillis(900));
  }

  @Test
  void connectionThatBreaksWhileItWaitsIsLost() {
    RawServer server = server(false, RawServer.Peer::head);
    assertThat(request(wire.client(), server).asString())
        .failsWithin(Duration.ofSeconds(5))
        .withThrowableThat()
        .withMessageContaining("[RESET]");
  }

  @Test
  void overHttp2AloneItIsNotSent() {
    RawServer server =
        server(false, UploadHttp2Server.taking(Long.MAX_VALUE, Duration.ofMillis(1)));
    OkHttpClient own =
        new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE)).build();
    FetchResponse response = value(request(wire.clientOn(own), server).asResponse());
    assertThat(response.status()).isEqualTo(200);
  }
}
