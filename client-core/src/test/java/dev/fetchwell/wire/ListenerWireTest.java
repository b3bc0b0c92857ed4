package dev.fetchwell.wire;

import static dev.fetchwell.testkit.Awaited.failure;
import static dev.fetchwell.testkit.Awaited.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.ClientClosedError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What listeners hear and statistics count, and where dependents run. */
class ListenerWireTest {

  @RegisterExtension final ClientsAndServers wire = new ClientsAndServers();

  private final EventRecorder recorder = new EventRecorder();

  private AsyncHttpClient recorded() {
    return wire.client(builder -> builder.listener(recorder));
  }

  @Test
  void retriedCallIsToldInOrder() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.retryAfter(503, "0"), Scripts.respond(200, "ok")));
    AsyncHttpClient client = recorded();
    value(client.get(server.url("/u?token=x")).tag("users").asString());
    assertThat(recorder.events())
        .containsExactly(
            "callStarted",
            "attemptStarted 1",
            "attemptEnded 1 503 ServerStatusError",
            "retryScheduled 2 ServerStatusError",
            "attemptStarted 2",
            "attemptEnded 2 200",
            "callEnded 200");
    Set<CallInfo> calls = recorder.calls();
    assertThat(calls).hasSize(1);
    CallInfo call = calls.iterator().next();
    assertThat(call.tag()).isEqualTo("users");
    assertThat(call.method()).isEqualTo("GET");
    assertThat(call.host()).isEqualTo("127.0.0.1:" + server.port());
    assertThat(call.url()).isEqualTo(server.url("/u?token=***"));
    assertThat(client.stats())
        .returns(1L, stats -> stats.calls())
        .returns(2L, stats -> stats.attempts())
        .returns(1L, stats -> stats.retries())
        .returns(0L, stats -> stats.failures());
  }

  @Test
  void redirectedAttemptIsOneAttempt() {
    ScriptedServer server =
        wire.server(Script.inOrder(Scripts.redirect("/b"), Scripts.respond(200, "ok")));
    value(recorded().getString(server.url("/")));
    assertThat(recorder.events())
        .containsExactly("callStarted", "attemptStarted 1", "attemptEnded 1 200", "callEnded 200");
  }

  @Test
  void redirectThatIsNotFollowedEndsItsAttempt() {
    ScriptedServer server = wire.server(Scripts.redirect("ftp://host/"));
    failure(recorded().getString(server.url("/")), ConnectionError.class);
    assertThat(recorder.events())
        .containsExactly(
            "callStarted",
            "attemptStarted 1",
            "attemptEnded 1 302 ConnectionError",
            "callEnded 302 ConnectionError");
  }

  @Test
  void cancelledCallIsToldAsSuch() {
    ScriptedServer server = wire.server(Scripts.stall());
    CompletableFuture<String> call = recorded().getString(server.url("/"));
    server.awaitRequests(1);
    call.cancel(true);
    recorder.awaitEvent("callCancelled", ClientsAndServers.SETTLES);
    assertThat(recorder.events())
        .containsExactly("callStarted", "attemptStarted 1", "attemptEnded 1 0", "callCancelled");
  }

  @Test
  void queuedCallAndRefusedCallAreTold() {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = wire.client(b -> b.maxConcurrency(1).listener(recorder));
    CompletableFuture<String> first = client.getString(server.url("/"));
    CompletableFuture<String> second = client.getString(server.url("/"));
    recorder.awaitEvent("queued", ClientsAndServers.SETTLES);
    second.cancel(true);
    first.cancel(true);
    client.close();
    failure(client.getString(server.url("/")), ClientClosedError.class);
    assertThat(recorder.events()).endsWith("callStarted", "callEnded 0 ClientClosedError");
    assertThat(recorder.calls()).hasSize(3);
  }

  @Test
  void dependentsRunOnTheExecutorThatTheClientWasGiven() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    ExecutorService mine =
        Executors.newSingleThreadExecutor(task -> new Thread(task, "dependents"));
    wire.closing(mine::shutdownNow);
    AsyncHttpClient client = wire.client(builder -> builder.executor(mine));
    CompletableFuture<String> thread =
        client.getString(server.url("/")).thenApply(text -> Thread.currentThread().getName());
    assertThat(value(thread)).isIn("dependents", Thread.currentThread().getName());
    Script late = Scripts.delayed(Duration.ofMillis(200), Scripts.respond(200, ""));
    CompletableFuture<String> slow =
        client
            .getString(wire.server(late).url("/"))
            .thenApply(text -> Thread.currentThread().getName());
    assertThat(value(slow)).isEqualTo("dependents");
  }

  @Test
  void dependentThatJoinsAnotherCallDoesNotStarveTheClient() {
    ScriptedServer server = wire.server(Scripts.respond(200, "ok"));
    AsyncHttpClient client = wire.client(builder -> builder.maxConcurrency(1));
    CompletableFuture<String> nested =
        client
            .getString(server.url("/1"))
            .thenApply(text -> text + client.getString(server.url("/2")).join());
    assertThat(value(nested)).isEqualTo("okok");
  }
}
