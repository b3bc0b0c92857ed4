package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.FetchTimeoutError.Phase;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testserver.RawServer;
import dev.fetchwell.testserver.RawServer.Peer;
import dev.fetchwell.testserver.UploadHttp2Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.SocketFactory;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** While a body is sent, the attempt's timeout is for silence; then for the answer. */
@Timeout(60)
class UploadTimeoutWireTest {

  private static final String BYTES = "application/octet-stream";
  private static final Duration ATTEMPT = Duration.ofMillis(500);
  private static final int STEP = 32 * 1024;
  private static final int STEPS = 40;
  private static final byte[] BODY = new byte[STEP * STEPS];

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private RawServer server(RawServer.Talk talk) {
    return wire.closing(RawServer.start(talk));
  }

  private AsyncHttpClient client(OkHttpClient.Builder own) {
    wire.closing(() -> own.build().connectionPool().evictAll());
    return wire.client(
        builder ->
            builder
                .okHttp(own.socketFactory(new SmallBuffers()).build())
                .timeout(Duration.ofSeconds(15))
                .attemptTimeout(ATTEMPT));
  }

  private AsyncHttpClient client() {
    return client(new OkHttpClient.Builder());
  }

  /** Takes longer for the body than an attempt may take, but never stops for long. */
  private static void readSlowly(Peer peer) throws Exception {
    peer.head();
    for (int i = 0; i < STEPS; i++) {
      peer.read(STEP);
      peer.pause(Duration.ofMillis(30));
    }
  }

  private static void readSlowlyAndAnswer(Peer peer) throws Exception {
    readSlowly(peer);
    peer.respond(200, "thanks");
    peer.stall();
  }

  @Test
  void steadyUploadTakesAsLongAsItTakesInOneAttempt() {
    RawServer server = server(UploadTimeoutWireTest::readSlowlyAndAnswer);
    FetchResponse response = value(client().put(server.url("/")).body(BODY, BYTES).asResponse());
    assertThat(response.text()).isEqualTo("thanks");
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(response.elapsed()).isGreaterThan(ATTEMPT.multipliedBy(2));
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void steadyUploadOfAStreamOfUnknownLengthIsNotCutEither() {
    RawServer server =
        server(
            peer -> {
              peer.head();
              InputStream in = peer.in();
              for (long read = 0; read < BODY.length; read += in.readNBytes(STEP).length) {
                peer.pause(Duration.ofMillis(30));
              }
              peer.respond(200, "thanks");
              peer.stall();
            });
    CompletableFuture<String> call =
        client()
            .put(server.url("/"))
            .body(() -> new ByteArrayInputStream(BODY), -1, BYTES)
            .asString();
    assertThat(value(call)).isEqualTo("thanks");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void sourceThatGivesItsBytesSlowlyIsNoSilence() {
    RawServer server =
        server(
            peer -> {
              peer.head();
              peer.read(100);
              peer.respond(200, "thanks");
              peer.stall();
            });
    InputStream slow =
        new InputStream() {
          private int given;

          @Override
          public int read() {
            ClientsAndServers.pause(Duration.ofMillis(15));
            return given++ < 100 ? 'x' : -1;
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            int next = read();
            if (next < 0) {
              return -1;
            }
            target[offset] = (byte) next;
            return 1;
          }
        };
    CompletableFuture<String> call =
        client().post(server.url("/")).body(() -> slow, 100, BYTES).asString();
    assertThat(value(call)).isEqualTo("thanks");
  }

  @Test
  void serverThatStopsReadingEndsTheAttemptByItsSilence() {
    RawServer server =
        server(
            peer -> {
              peer.head();
              for (int i = 0; i < STEPS / 2; i++) {
                peer.read(STEP);
                peer.pause(Duration.ofMillis(30));
              }
              peer.ignore();
            });
    FetchTimeoutError error =
        failure(client().post(server.url("/")).body(BODY, BYTES).asVoid(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error.elapsed()).isBetween(ATTEMPT.plusMillis(500), Duration.ofSeconds(5));
    assertThat(error)
        .hasMessageContaining("silence while the request's body was sent took longer than 500 ms");
    assertThat(error.mayHaveBeenProcessed()).isTrue();
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void serverThatReadsAllAndNeverAnswersHasTheAttemptsTimeFromThenOn() {
    RawServer server =
        server(
            peer -> {
              readSlowly(peer);
              peer.stall();
            });
    FetchTimeoutError error =
        failure(client().post(server.url("/")).body(BODY, BYTES).asVoid(), FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error).hasMessageContaining("the answer, once the request's body was sent, took");
    assertThat(error.elapsed()).isBetween(Duration.ofMillis(1500), Duration.ofSeconds(6));
  }

  @Test
  void totalBoundsAnUploadHoweverSteadyItIs() {
    RawServer server = server(UploadTimeoutWireTest::readSlowlyAndAnswer);
    FetchTimeoutError error =
        failure(
            client()
                .put(server.url("/"))
                .body(BODY, BYTES)
                .timeout(Duration.ofMillis(800))
                .asVoid(),
            FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.TOTAL);
    assertThat(error.elapsed()).isBetween(Duration.ofMillis(800), Duration.ofSeconds(3));
    assertThat(error.attempts()).isEqualTo(1);
  }

  @Test
  void answerThatComesBeforeTheBodyIsSentIsTheAnswer() {
    RawServer server =
        server(
            peer -> {
              peer.head();
              peer.read(STEP);
              peer.write(
                  "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
              peer.write("big");
              peer.socket().shutdownOutput();
              peer.pause(Duration.ofMillis(100));
            });
    ClientStatusError error =
        failure(client().post(server.url("/")).body(BODY, BYTES).asVoid(), ClientStatusError.class);
    assertThat(error.status()).isEqualTo(413);
    assertThat(error.bodyText()).isEqualTo("big");
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void bodyThatAnInterceptorKeepsInMemoryFirstIsWatchedOnItsWayOut() {
    RawServer server = server(UploadTimeoutWireTest::readSlowlyAndAnswer);
    OkHttpClient.Builder own =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  Buffer kept = new Buffer();
                  chain.request().body().writeTo(kept);
                  RequestBody copy = RequestBody.create(kept.readByteString(), null);
                  return chain.proceed(chain.request().newBuilder().method("PUT", copy).build());
                });
    FetchResponse response = value(client(own).put(server.url("/")).body(BODY, BYTES).asResponse());
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(server.acceptedConnections()).isEqualTo(1);
  }

  @Test
  void slowFlowControlOfHttp2IsNoSilence() {
    RawServer server = server(UploadHttp2Server.taking(Long.MAX_VALUE, Duration.ofMillis(20)));
    FetchResponse response =
        value(client(http2()).put(server.url("/")).body(BODY, BYTES).asResponse());
    assertThat(response.attempts()).isEqualTo(1);
    assertThat(response.elapsed()).isGreaterThan(ATTEMPT.multipliedBy(2));
  }

  @Test
  void flowControlOfHttp2ThatGivesNoMoreRoomIsSilence() {
    RawServer server = server(UploadHttp2Server.taking(BODY.length / 2, Duration.ofMillis(20)));
    FetchTimeoutError error =
        failure(
            client(http2()).post(server.url("/")).body(BODY, BYTES).asVoid(),
            FetchTimeoutError.class);
    assertThat(error.phase()).isEqualTo(Phase.ATTEMPT);
    assertThat(error).hasMessageContaining("silence while the request's body was sent");
    assertThat(error.elapsed()).isBetween(ATTEMPT.multipliedBy(2), Duration.ofSeconds(5));
  }

  private static OkHttpClient.Builder http2() {
    return new OkHttpClient.Builder().protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
  }

  /** So that the kernel does not take a body as a whole. */
  private static final class SmallBuffers extends SocketFactory {

    @Override
    public Socket createSocket() throws IOException {
      Socket socket = new Socket();
      socket.setSendBufferSize(8 * 1024);
      return socket;
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
