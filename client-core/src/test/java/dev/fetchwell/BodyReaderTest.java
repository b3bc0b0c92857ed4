package dev.fetchwell;

import static dev.fetchwell.FakeServer.answers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ClientStatusError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BodyReaderTest {

  private static final String URL = "https://h/users?key=hidden";

  private final FakeServer server = new FakeServer();
  private final AsyncHttpClient client = server.client().build();

  record User(String name) {}

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void readerMakesTheValueOfTheResponse() {
    server.then(answers(200, "a\nb"));
    assertThat(ended(client.get(URL).as(response -> response.text().lines().toList())).join())
        .containsExactly("a", "b");
  }

  @Test
  void whatAReaderThrowsIsADecodeError() {
    server.then(answers(200, "text"));
    Exception thrown = new Exception("checked");
    FetchError error =
        error(
            client
                .get(URL)
                .as(
                    response -> {
                      throw thrown;
                    }));
    assertThat(error).isInstanceOf(DecodeError.class).hasCause(thrown);
    assertThat(error).hasMessageContaining("BodyReader: Exception");
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(((DecodeError) error).snippet()).isEqualTo("text");
    assertThat(client.stats().inFlight()).isZero();
  }

  @Test
  void nullIsADecodeError() {
    assertThat(error(client.get(URL).as(BodyReaderTest::nothing)))
        .isInstanceOf(DecodeError.class)
        .hasMessageContaining("read as null");
  }

  @Test
  void fetchErrorOfAReaderPassesAsItIs() {
    FetchError own =
        new BodyTooLargeError(
            3, new dev.fetchwell.error.CallFacts("GET", "u", 1, Duration.ZERO, true));
    assertThat(
            error(
                client
                    .get(URL)
                    .as(
                        response -> {
                          throw own;
                        })))
        .isSameAs(own);
  }

  @Test
  void outOfMemoryIsNotTheBodysFault() {
    OutOfMemoryError thrown = new OutOfMemoryError("made up");
    assertThat(
            error(
                client
                    .get(URL)
                    .as(
                        response -> {
                          throw thrown;
                        })))
        .isInstanceOf(UnexpectedError.class)
        .hasCause(thrown);
  }

  @Test
  void retryIfSeesWhatAReaderThrows() {
    server.then(answers(200, "half")).then(answers(200, "whole"));
    RetryPolicy policy =
        RetryPolicy.builder()
            .retryIf(error -> error instanceof DecodeError)
            .backoff(Backoff.fixed(Duration.ZERO))
            .build();
    CompletableFuture<String> call =
        client
            .get(URL)
            .retry(policy)
            .as(
                response -> {
                  if (response.text().equals("half")) {
                    throw new IllegalStateException("half a text");
                  }
                  return response.text() + response.attempts();
                });
    for (int i = 0; i < 5; i++) {
      server.threads.runAll();
      server.timer.advance(Duration.ofMillis(1));
    }
    assertThat(call.join()).isEqualTo("whole2");
  }

  @Test
  void statusOfAnErrorIsNotRead() {
    server.then(answers(404, "{}"));
    assertThat(error(client.get(URL).as(BodyReaderTest::nothing)))
        .isInstanceOf(ClientStatusError.class);
  }

  @Test
  void responseAndErrorDecodeWithTheClientsCodec() {
    server.then(answers(409, "{\"name\":\"Ada\"}"));
    FetchResponse response = ended(client.get(URL).asResponse()).join();
    assertThat(response.json(User.class)).isEqualTo(new User("Ada"));
    assertThat(response.json(new TypeRef<Map<String, String>>() {})).containsEntry("name", "Ada");

    server.then(answers(409, "{\"name\":\"Ada\"}"));
    HttpStatusError failed = (HttpStatusError) error(client.get(URL).asString());
    assertThat(failed.bodyAs(User.class)).isEqualTo(new User("Ada"));
  }

  @Test
  void bodyThatIsNoSuchJsonIsADecodeErrorOfItsCall() {
    server.then(answers(200, "[1")).then(answers(400, ""));
    FetchResponse response = ended(client.get(URL).asResponse()).join();
    DecodeError error = (DecodeError) catchThrowable(() -> response.json(User.class));
    assertThat(error.url()).isEqualTo("https://h/users?key=***");
    assertThat(error.attempts()).isEqualTo(1);
    assertThat(error.snippet()).isEqualTo("[1");
    HttpStatusError failed = (HttpStatusError) error(client.get(URL).asString());
    assertThatThrownBy(() -> failed.bodyAs(User.class))
        .isInstanceOf(DecodeError.class)
        .hasMessageContaining("empty, with status 400");
  }

  @Test
  void whatAUserMadeSaysWhatItLacks() {
    FetchResponse made =
        new FetchResponse(200, Map.of(), new byte[2], URI.create(URL), 1, Duration.ZERO);
    assertThatThrownBy(() -> made.json(User.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("decoder");
    HttpStatusError failed =
        HttpStatusError.of(
            404,
            Map.of(),
            new byte[0],
            null,
            new dev.fetchwell.error.CallFacts("GET", "u", 1, Duration.ZERO, true));
    assertThatThrownBy(() -> failed.bodyAs(User.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("decoder");
  }

  @Test
  void decodedGivesValueAndResponse() {
    server.then(answers(200, "{\"name\":\"Ada\"}", "ETag", "1"));
    Decoded<User> decoded = ended(client.get(URL).asDecoded(User.class)).join();
    assertThat(decoded.value()).isEqualTo(new User("Ada"));
    assertThat(decoded.response().headers().get("etag")).isEqualTo(List.of("1"));
  }

  @SuppressWarnings("NullAway") // As a reader without its checks would.
  private static String nothing(FetchResponse response) {
    return null;
  }

  private <T> CompletableFuture<T> ended(CompletableFuture<T> call) {
    server.threads.runAll();
    assertThat(call).isDone();
    return call;
  }

  private FetchError error(CompletableFuture<?> call) {
    server.threads.runAll();
    return Objects.requireNonNull(FetchError.of(catchThrowable(call::join)));
  }
}
