package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class RequestBodiesTest {

  private static final RetryPolicy AT_ONCE =
      RetryPolicy.builder().backoff(Backoff.fixed(Duration.ZERO)).build();

  private final MockWebServer server = new MockWebServer();
  private final AsyncHttpClient client = AsyncHttpClient.builder().retry(AT_ONCE).build();

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  @Test
  void textIsInTheCharsetOfItsMediaType() throws Exception {
    RecordedRequest latin = sent(put().body("é", "text/plain; charset=ISO-8859-1"));
    assertThat(latin.getBody().toByteArray()).containsExactly(0xE9);
    assertThat(latin.getHeaders().get("Content-Type")).isEqualTo("text/plain; charset=ISO-8859-1");
    assertThat(sent(put().body("é", "text/plain")).getBody().utf8()).isEqualTo("é");
  }

  @Test
  void streamIsOpenedAgainForEachAttemptAndClosed() throws Exception {
    AtomicInteger opened = new AtomicInteger();
    AtomicInteger closed = new AtomicInteger();
    server.enqueue(new MockResponse.Builder().code(503).build());
    RecordedRequest first =
        sent(put().body(() -> counted("text", opened, closed), 4, "text/plain"));
    RecordedRequest second = server.takeRequest(20, TimeUnit.SECONDS);
    assertThat(List.of(first.getBody().utf8(), second.getBody().utf8()))
        .containsExactly("text", "text");
    assertThat(first.getHeaders().get("Content-Length")).isEqualTo("4");
    assertThat(opened).hasValue(2);
    assertThat(closed).hasValue(2);
  }

  private static InputStream counted(String text, AtomicInteger opened, AtomicInteger closed) {
    opened.incrementAndGet();
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }

  @Test
  void streamOfUnknownLengthIsSentInChunks() throws Exception {
    RecordedRequest request =
        sent(put().body(() -> new ByteArrayInputStream(new byte[] {'a', 'b'}), -1, "text/plain"));
    assertThat(request.getHeaders().get("Transfer-Encoding")).isEqualTo("chunked");
    assertThat(request.getBody().utf8()).isEqualTo("ab");
  }

  @Test
  void streamOfAnotherLengthIsAnInvalidRequest() {
    for (long length : new long[] {1, 3}) {
      Throwable thrown =
          catchThrowable(
              () ->
                  put()
                      .body(() -> new ByteArrayInputStream(new byte[2]), length, "text/plain")
                      .asVoid()
                      .get(20, TimeUnit.SECONDS));
      assertThat(FetchError.of(thrown))
          .isInstanceOf(InvalidRequestError.class)
          .hasMessageContaining("bytes");
    }
  }

  @Test
  void bodyOfTheCallersIsSent() throws Exception {
    RequestBody own = RequestBody.of(new byte[] {'x'}, "text/x-own");
    RecordedRequest request = sent(put().body(own));
    assertThat(request.getBody().utf8()).isEqualTo("x");
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo("text/x-own");
  }

  @Test
  void progressCountsTheBytesOfEachAttempt() throws Exception {
    server.enqueue(new MockResponse.Builder().code(503).build());
    List<String> told = new CopyOnWriteArrayList<>();
    sent(
        put()
            .body(new byte[100_000], "text/plain")
            .onUploadProgress((done, total) -> told.add(done + "/" + total)));
    assertThat(told)
        .containsExactly("65536/100000", "100000/100000", "65536/100000", "100000/100000");
    told.clear();
    sent(
        put()
            .body(() -> new ByteArrayInputStream(new byte[3]), -1, "text/plain")
            .onUploadProgress((done, total) -> told.add(done + "/" + total)));
    assertThat(told).containsExactly("3/-1");
  }

  @Test
  void progressThatThrowsChangesNothing() throws Exception {
    RecordedRequest request =
        sent(
            put()
                .body("text", "text/plain")
                .onUploadProgress(
                    (done, total) -> {
                      throw new IllegalStateException("from progress");
                    }));
    assertThat(request.getBody().utf8()).isEqualTo("text");
  }

  @Test
  void multipartHasOneBoundaryAndTypesOfFiles(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a.png"), "pixels");
    RequestSpec spec = put().multipart(parts -> parts.file("image", file, "image/png"));
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    RequestBody body = spec.toRequest().orElseThrow().body().orElseThrow();
    body.writeTo(shown);
    RecordedRequest request = sent(spec);
    assertThat(request.getHeaders().get("Content-Type")).isEqualTo(body.mediaType());
    assertThat(request.getBody().utf8())
        .isEqualTo(shown.toString(StandardCharsets.UTF_8))
        .contains("Content-Type: image/png\r\n\r\npixels");
  }

  private RequestSpec put() {
    return client.put(server.url("/").toString());
  }

  /** Sends it and gives the first request that was not taken yet. */
  private RecordedRequest sent(RequestSpec spec) throws Exception {
    server.enqueue(new MockResponse.Builder().code(200).build());
    spec.asVoid().get(20, TimeUnit.SECONDS);
    return server.takeRequest(20, TimeUnit.SECONDS);
  }
}
