package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.stream.Download;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.Lines;
import dev.fetchwell.stream.NdJson;
import dev.fetchwell.stream.Pages;
import dev.fetchwell.testserver.ReceivedRequest;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BeforeCallWireTest {

  private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final AtomicInteger hooked = new AtomicInteger();

  private AsyncHttpClient client(Consumer<RequestSpec> hook) {
    return wire.client(b -> b.beforeCall(hook));
  }

  private void traced(RequestSpec spec) {
    spec.header("X-Trace", String.valueOf(TRACE.get()) + hooked.incrementAndGet());
  }

  private static List<String> traces(ScriptedServer server) {
    return server.requests().stream().map(each -> each.header("X-Trace")).toList();
  }

  @Test
  void hooksRunInOrderOnTheCallersThreadAndOnACopy() {
    ScriptedServer server = wire.server(Scripts.json("{}"));
    TRACE.set("main");
    AsyncHttpClient client =
        wire.client(
            b ->
                b.beforeCall(this::traced)
                    .beforeCall(spec -> spec.setQuery("q", "2").tag("hooked"))
                    .beforeCall(spec -> spec.query("q", "3")));

    RequestSpec spec = client.get(server.url("/?q=1"));
    value(spec.asString());
    value(spec.asStream()).close();
    value(client.getJson(server.url("/?q=1")));
    TRACE.remove();

    assertThat(traces(server)).containsExactly("main1", "main2", "main3");
    assertThat(server.requests()).extracting(ReceivedRequest::path).containsOnly("/?q=2&q=3");
  }

  @Test
  void retriesAndRedirectsAreNoNewCalls() {
    ScriptedServer server =
        wire.server(
            Script.inOrder(
                Scripts.respond(503, ""), Scripts.redirect("/next"), Scripts.respond(200, "")));

    value(client(this::traced).getString(server.url("/")));

    assertThat(traces(server)).containsExactly("null1", "null1", "null1");
  }

  @Test
  void streamsAndPagesRunThemWhereTheyAreConsumed(@TempDir Path folder) {
    AtomicInteger feeds = new AtomicInteger();
    ScriptedServer server =
        wire.server(
            exchange -> {
              switch (exchange.request().path()) {
                case "/pages" -> exchange.respond(200, "{\"items\":[1],\"next\":\"/last\"}");
                case "/last" -> exchange.respond(200, "{\"items\":[2]}");
                case "/events" ->
                    exchange.respond(
                        feeds.getAndIncrement() == 0 ? 200 : 204,
                        Map.of("Content-Type", "text/event-stream"),
                        "data: 1\n\n");
                default -> exchange.respond(200, "1\n");
              }
            });
    AsyncHttpClient client = client(this::traced);
    TRACE.set("main");
    TypeRef<Map<String, Object>> page = new TypeRef<>() {};

    var pages =
        Pages.from(client.get(server.url("/pages")), page)
            .next(each -> (String) each.get("next"))
            .items(each -> (List<?>) each.get("items"));
    assertThat(value(pages.toList())).hasToString("[1, 2]");
    var events = EventStream.from(client.get(server.url("/events")));
    assertThat(value(events.reconnectDelay(Duration.ofMillis(1)).forEach(each -> {}))).isEqualTo(1);
    value(Lines.from(client.get(server.url("/"))).forEach(line -> {}));
    value(NdJson.from(client.get(server.url("/")), Integer.class).forEach(number -> {}));
    value(Download.from(client.get(server.url("/"))).to(folder.resolve("file")));
    TRACE.remove();

    assertThat(traces(server))
        .containsExactly("main1", "main1", "main2", "main2", "main3", "main4", "main5");
  }

  @Test
  void handshakesHaveWhatTheHookSetWhenTheSocketWasConnected() {
    ScriptedServer server = wire.server(Scripts.respond(404, ""));
    TRACE.set("main");
    ReconnectingWebSocket socket =
        ReconnectingWebSocket.builder(client(this::traced), server.url("/")).connect();
    TRACE.remove();

    failure(socket.opened(), Throwable.class);

    assertThat(traces(server)).containsOnly("main1");
    assertThat(hooked).hasValue(1);
  }

  @Test
  void whatAHookThrowsEndsTheCallWithItsCause(@TempDir Path folder) {
    IllegalStateException thrown = new IllegalStateException("no tenant; token=abc");
    AsyncHttpClient client =
        client(
            spec -> {
              throw thrown;
            });
    String url = wire.server(Scripts.respond(200, "")).url("/");

    List<CompletableFuture<?>> calls = new ArrayList<>();
    calls.add(client.getString(url));
    calls.add(client.getJson(url));
    calls.add(client.get(url).asStream());
    calls.add(Lines.from(client.get(url)).forEach(line -> {}));
    calls.add(EventStream.from(client.get(url)).forEach(event -> {}));
    calls.add(Download.from(client.get(url)).to(folder.resolve("file")));
    calls.add(ReconnectingWebSocket.builder(client, url).connect().opened());

    for (CompletableFuture<?> call : calls) {
      assertThat(failure(call, InvalidRequestError.class))
          .hasCause(thrown)
          .hasMessageContaining(
              "a beforeCall hook threw java.lang.IllegalStateException: no tenant")
          .hasMessageNotContaining("abc");
    }
  }

  @Test
  void callsThatAHookMakesItselfDoNotRunItAgain() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    List<AsyncHttpClient> clients = new ArrayList<>();
    List<CompletableFuture<String>> own = new ArrayList<>();
    clients.add(
        client(
            spec -> {
              traced(spec);
              own.add(clients.get(0).getString(server.url("/other")));
              own.add(spec.asString());
            }));

    assertThat(value(clients.get(0).getString(server.url("/")))).isEqualTo("ok");
    own.forEach(each -> assertThat(value(each)).isEqualTo("ok"));

    assertThat(own).hasSize(2);
    assertThat(hooked).hasValue(1);
    assertThat(server.requests()).hasSize(3);
  }

  @Test
  void optionsThatAHookSetsHold() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = client(spec -> spec.timeout(Duration.ofMillis(100)));

    var call = client.getString(server.url("/"));

    assertThat(failure(call, FetchTimeoutError.class).phase())
        .isEqualTo(FetchTimeoutError.Phase.TOTAL);
  }
}
