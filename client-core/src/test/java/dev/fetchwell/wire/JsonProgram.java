package dev.fetchwell.wire;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.testkit.Awaited;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;

/**
 * A program that calls a server of its own, and says what came of it and how many requests were
 * sent. Loaded by a class loader that lacks something, so it gives text only.
 */
public final class JsonProgram {

  /** What it asks for. */
  public record User(String name) {}

  private JsonProgram() {}

  public static String text() throws IOException {
    return result(client -> client.get("/"), RequestSpec::asString);
  }

  public static String value() throws IOException {
    return result(client -> client.get("/"), spec -> spec.asJson(User.class));
  }

  public static String tree() throws IOException {
    return result(client -> client.get("/"), RequestSpec::asJson);
  }

  public static String posted() throws IOException {
    return result(client -> client.post("/").json(Map.of("a", 1)), spec -> spec.asJson(User.class));
  }

  public static String posting() throws IOException {
    return result(client -> client.post("/").json(Map.of("a", 1)), RequestSpec::asString);
  }

  public static String later() throws IOException {
    return result(
        client -> client.get("/"),
        spec -> spec.asResponse().thenApply(response -> decoded(response)));
  }

  private static Object decoded(FetchResponse response) {
    return response.json(User.class);
  }

  /** As frameworks look at the classes of their beans. */
  public static String reflected() {
    int seen = 0;
    for (Class<?> type : List.of(AsyncHttpClient.class, RequestSpec.class)) {
      for (Method method : type.getMethods()) {
        seen += method.getReturnType().getName().length() > 0 ? 1 : 0;
      }
    }
    return seen > 0 ? "seen" : "nothing";
  }

  private static String result(
      Function<AsyncHttpClient, RequestSpec> request,
      Function<RequestSpec, CompletableFuture<?>> terminal)
      throws IOException {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(new MockResponse.Builder().body("{\"name\":\"Ada\"}").build());
      server.start();
      String url = server.url("/").toString();
      try (AsyncHttpClient client = AsyncHttpClient.builder().baseUrl(url).build()) {
        CompletableFuture<Object> call = terminal.apply(request.apply(client)).handle(Ended::of);
        return Awaited.value(call) + " after " + server.getRequestCount();
      }
    }
  }

  private static final class Ended {

    private static Object of(Object value, Throwable thrown) {
      FetchError error = FetchError.of(thrown);
      if (thrown != null && error == null) {
        return "untyped " + thrown;
      }
      return error == null ? value : error.getClass().getSimpleName() + ": " + error.getMessage();
    }
  }
}
