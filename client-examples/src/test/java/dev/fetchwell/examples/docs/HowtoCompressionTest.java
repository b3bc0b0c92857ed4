package dev.fetchwell.examples.docs;

import static dev.fetchwell.examples.docs.LocalServers.base;
import static dev.fetchwell.examples.docs.LocalServers.failure;
import static dev.fetchwell.examples.docs.LocalServers.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/howto.md shows and says of brotli and zstd holds. */
@Timeout(60)
class HowtoCompressionTest {

  private static final String TEXT = "hello, ".repeat(20);

  /** That text, and 64 MiB of zeros with a window of 16 MiB; nothing here can pack brotli. */
  private static final String BROTLI = "G4sA+I2Ubt5ECVKGlmwsbxFbJPAfBw==";

  private static final String BROTLI_BOMB =
      "z///f/gnAOKxQCD3/p/////wTwDEYQGA7v0/////4Z8AiMMiAN37//z//8c/ARCHBQC69/8=";

  private static final byte[] ZEROS = new byte[64 * 1024 * 1024];
  private static final int LONGEST_WINDOW = 27;

  @RegisterExtension final LocalServers servers = new LocalServers();

  @Test
  void answersOfEachEncodingAreRead() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                switch (request.getTarget()) {
                  case "/br" -> packed("br", Base64.getDecoder().decode(BROTLI));
                  case "/zstd" -> packed("zstd", Zstd.compress(TEXT.getBytes(UTF_8)));
                  case "/gzip" -> packed("gzip", gzip(TEXT.getBytes(UTF_8)));
                  default -> LocalServers.text(TEXT);
                });
    AsyncHttpClient client = servers.closing(HowtoNetworkSnippets.compressed(base(server)));
    for (String path : List.of("/br", "/zstd", "/gzip", "/plain")) {
      assertThat(value(client.getString(path))).isEqualTo(TEXT);
      assertThat(server.takeRequest().getHeaders().get("Accept-Encoding"))
          .isEqualTo("zstd, br, gzip");
    }
    assertThat(value(client.head("/br").asResponse()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip"})
  void bombEndsAtTheLimitOfTheBody(String encoding) throws Exception {
    AsyncHttpClient client = client(encoding, bomb(encoding));
    BodyTooLargeError error = failure(client.getBytes("/"), BodyTooLargeError.class);
    assertThat(error.limit()).isEqualTo(10 * 1024 * 1024);
    assertThat(error.attempts()).isEqualTo(1);
    try (StreamedResponse streamed = value(client.get("/").asStream())) {
      assertThat(streamed.inputStream().readNBytes(1_000)).hasSize(1_000).containsOnly(0);
    }
  }

  @Test
  void windowOverEightMegabytesIsRefused() throws Exception {
    AsyncHttpClient client = client("zstd", zstd(ZEROS, LONGEST_WINDOW));
    ConnectionError error = failure(client.get("/").noRetry().asBytes(), ConnectionError.class);
    assertThat(error).hasMessageContaining("Frame requires too much memory");
  }

  @ParameterizedTest
  @CsvSource({"br, nonsense of a server", "zstd, nonsense of a server", "br, ''"})
  void brokenAnswerIsAConnectionError(String encoding, String body) throws Exception {
    AsyncHttpClient client = client(encoding, body.getBytes(UTF_8));
    failure(client.get("/").noRetry().asBytes(), ConnectionError.class);
  }

  @Test
  void streamThatAsksForIdentityIsLeftAsItIs() throws Exception {
    MockWebServer server =
        servers.answering(
            request ->
                LocalServers.text(String.valueOf(request.getHeaders().get("Accept-Encoding"))));
    AsyncHttpClient client = servers.closing(HowtoNetworkSnippets.compressed(base(server)));
    assertThat(value(client.get("/").header("Accept-Encoding", "identity").asString()))
        .isEqualTo("identity");
  }

  private AsyncHttpClient client(String encoding, byte[] body) throws IOException {
    MockWebServer server = servers.answering(request -> packed(encoding, body));
    return servers.closing(HowtoNetworkSnippets.compressed(base(server)));
  }

  private static MockResponse packed(String encoding, byte[] body) {
    return new MockResponse.Builder()
        .addHeader("Content-Encoding", encoding)
        .body(new Buffer().write(body))
        .build();
  }

  private static byte[] bomb(String encoding) throws IOException {
    return switch (encoding) {
      case "br" -> Base64.getDecoder().decode(BROTLI_BOMB);
      case "zstd" -> zstd(ZEROS, 0);
      default -> gzip(ZEROS);
    };
  }

  private static byte[] zstd(byte[] plain, int window) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZstdOutputStream packing = new ZstdOutputStream(packed)) {
      packing.setLong(window).write(plain);
    }
    return packed.toByteArray();
  }

  private static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(packed)) {
      packing.write(plain);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return packed.toByteArray();
  }
}
