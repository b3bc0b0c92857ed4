package dev.fetchwell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.json.JsonCodecException;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the message of a {@code DecodeError} says, and that it quotes nothing of the body. */
class DecodeMessagesTest {

  private final FakeServer server = new FakeServer();
  private final AsyncHttpClient client = server.client().build();

  record User(String name, int age) {}

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void pathAndPlaceAndWhatWasExpected() {
    answer("application/json; charset=utf-8", "[{\"age\":1},{\"age\":\"hidden\"}]");
    DecodeError error = decodeError(client.getJson("https://h/", new TypeRef<List<User>>() {}));
    assertThat(error)
        .hasMessageContaining(": $[1].age: a string where int was expected, at line 1, column ")
        .hasMessageContaining("(see its cause and snippet())")
        .hasMessageNotContaining("hidden")
        .hasMessageNotContaining("Content-Type");
    assertThat(error.getCause()).as("Jackson's own").hasMessageContaining("hidden");
  }

  @Test
  void keysOfMapsAreNotShown() {
    answer("application/json", "{\"hidden\":{\"age\":[]}}");
    assertThat(decodeError(client.getJson("https://h/", new TypeRef<Map<String, User>>() {})))
        .hasMessageContaining(": $.*.age: an array where int was expected")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void contentTypeIsNamedIfItIsWellKnown() {
    answer("text/html; charset=hidden", "<html>");
    assertThat(decodeError(client.getJson("https://h/", User.class)))
        .hasMessageContaining("not JSON, at line 1, column 1; its Content-Type is text/html (see");
    answer("text/hidden", "<html>");
    assertThat(decodeError(client.getJson("https://h/", User.class)))
        .hasMessageContaining("; its Content-Type is not that of JSON")
        .hasMessageNotContaining("hidden");
    answer("application/vnd.api+json", "<html>");
    assertThat(decodeError(client.getJson("https://h/", User.class)))
        .hasMessageNotContaining("Content-Type");
  }

  @Test
  void emptyBodyPointsToAsVoid() {
    server.then(FakeServer.answers(204, ""));
    assertThat(decodeError(client.get("https://h/").asJson(User.class)))
        .hasMessageContaining("empty, with status 204 (expected: JSON; asVoid() takes an empty");
  }

  @Test
  void textThatWasAskedForAsJsonPointsToAsString() {
    answer("text/plain", "hidden");
    Outcome<String> outcome = ended(client.get("https://h/").asOutcome(String.class)).join();
    FetchError error = outcome.failure().orElseThrow();
    assertThat(error)
        .isInstanceOf(DecodeError.class)
        .hasMessageContaining("its Content-Type is text/plain; asJson, asOutcome and their like")
        .hasMessageContaining("Outcome.of(asString())")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void codecOfOnesOwnMaySayWhatIsWrong() {
    assertThat(decodeErrorOf(new JsonCodecException("no price at all", null)))
        .hasMessageContaining("as dev.fetchwell.DecodeMessagesTest$User: no price at all (see");
    IllegalStateException cause = new IllegalStateException("hidden");
    DecodeError error = decodeErrorOf(new JsonCodecException("no price", cause));
    assertThat(error).hasCause(cause).hasMessageNotContaining("hidden");
    assertThat(decodeErrorOf(cause)).hasMessageContaining("IllegalStateException (see");
    assertThat(decodeErrorOf(cause)).hasMessageNotContaining("hidden");
  }

  @Test
  void jarsThatDoNotFitTogetherAreNamed() {
    assertThat(decodeErrorOf(new NoSuchMethodError("a.b.C.d()")))
        .hasMessageContaining("java.lang.NoSuchMethodError: a.b.C.d() (expected: versions of");
  }

  @Test
  void bodyThatCannotBeEncodedSaysWhere() {
    Object value = Map.of("list", List.of(new Failing(true)));
    FetchError error = error(client.post("https://h/").json(value).asVoid());
    assertThat(error)
        .isInstanceOf(InvalidRequestError.class)
        .hasMessageContaining("its body cannot be encoded: $.*[0].name: IllegalStateException");
  }

  record Failing(boolean fails) {
    public String getName() {
      if (fails) {
        throw new IllegalStateException("hidden");
      }
      return "";
    }
  }

  private DecodeError decodeErrorOf(Throwable thrown) {
    JsonCodec codec =
        new JsonCodec() {
          @Override
          public byte[] encode(Object value) {
            return new byte[0];
          }

          @Override
          public Object decode(byte[] json, Type type) {
            if (thrown instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) thrown;
          }
        };
    answer("application/json", "{}");
    return decodeError(client.toBuilder().codec(codec).build().getJson("https://h/", User.class));
  }

  private void answer(String contentType, String body) {
    server.then(
        request ->
            new Response.Builder()
                .code(200)
                .header("Content-Type", contentType)
                .body(ResponseBody.create(body, MediaType.get("application/json"))));
  }

  private DecodeError decodeError(CompletableFuture<?> call) {
    return (DecodeError) error(call);
  }

  private FetchError error(CompletableFuture<?> call) {
    return Objects.requireNonNull(FetchError.of(catchThrowable(ended(call)::join)));
  }

  private <T> CompletableFuture<T> ended(CompletableFuture<T> call) {
    server.threads.runAll();
    assertThat(call).isDone();
    return call;
  }
}
