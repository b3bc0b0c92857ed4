package dev.fetchwell.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ContextCarrierTest {

  private static final ThreadLocal<String> USER = new ThreadLocal<>();

  private final ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "ok"));
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CallListener listener =
      new CallListener() {
        @Override
        public void callEnded(CallEnded event) {
          heard.add(String.valueOf(USER.get()));
        }
      };

  private static Executor captured() {
    String noted = USER.get();
    return task -> {
      String before = USER.get();
      USER.set(noted);
      try {
        task.run();
      } finally {
        USER.set(before);
      }
    };
  }

  @AfterEach
  void close() throws Exception {
    USER.remove();
    server.close();
  }

  private AsyncHttpClient client(ContextCarrier... carriers) {
    AsyncHttpClient.Builder builder =
        AsyncHttpClient.builder().baseUrl(server.url("")).listener(listener);
    for (ContextCarrier carrier : carriers) {
      builder.contextCarrier(carrier);
    }
    return builder.build();
  }

  private void callAsAda(AsyncHttpClient client) {
    USER.set("ada");
    Supplier<CompletableFuture<Void>> call =
        () -> client.getString("/").thenAccept(text -> seen.add(String.valueOf(USER.get())));
    try {
      call.get().join();
    } finally {
      USER.remove();
    }
  }

  @Test
  void listenersAndDependentsSeeTheContextOfWhoeverCalled() {
    try (AsyncHttpClient client = client(ContextCarrierTest::captured)) {
      callAsAda(client);

      assertThat(seen).containsExactly("ada");
      assertThat(heard).containsExactly("ada");
    }
  }

  @Test
  void withoutACarrierNothingIsTakenAlong() {
    try (AsyncHttpClient client = client()) {
      callAsAda(client);

      assertThat(heard).containsExactly("null");
    }
  }

  @Test
  void copyOfAClientCarriesToo() {
    try (AsyncHttpClient client = client(ContextCarrierTest::captured);
        AsyncHttpClient copy = client.toBuilder().build()) {
      callAsAda(copy);

      assertThat(heard).containsExactly("ada");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // What callers may do.
  void carrierThatThrowsOrRunsNothingCostsNoCall() {
    ContextCarrier failing =
        () -> {
          throw new StackOverflowError("thrown by a carrier");
        };
    ContextCarrier none = () -> null;
    ContextCarrier forgetful = () -> task -> {};
    ContextCarrier twice =
        () ->
            task -> {
              task.run();
              task.run();
            };
    ContextCarrier throwing =
        () ->
            task -> {
              task.run();
              throw new IllegalStateException("thrown after the task");
            };
    try (AsyncHttpClient client =
        client(failing, none, forgetful, twice, ContextCarrierTest::captured, throwing)) {
      callAsAda(client);

      assertThat(seen).containsExactly("ada");
      assertThat(heard).containsExactly("ada");
    }
  }
}
