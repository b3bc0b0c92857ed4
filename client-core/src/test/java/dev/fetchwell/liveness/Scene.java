package dev.fetchwell.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryBudget;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Exchange;
import dev.fetchwell.testserver.Faults;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.WebSocketPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** A server, clients with a seam that throws, and clients of the same settings without. */
final class Scene implements AutoCloseable {

  /** Past the tests' patience: a call that nothing but its deadline ends was lost before. */
  private static final Duration LONG = Liveness.LIMIT.multipliedBy(3);

  private static final RetryPolicy RETRY =
      RetryPolicy.builder()
          .maxAttempts(3)
          .backoff(Backoff.fixed(Duration.ofMillis(1)))
          .budget(RetryBudget.unlimited())
          .build();

  private final Thrown thrown;
  private final AtomicInteger hits = new AtomicInteger();
  private final AtomicInteger flaky = new AtomicInteger();
  private final AtomicInteger feeds = new AtomicInteger();
  private final ScriptedServer server = ScriptedServer.start(this::answer);
  private final List<AsyncHttpClient> clients = new ArrayList<>();
  private final List<AsyncHttpClient> companions = new ArrayList<>();
  private final List<CompletableFuture<?>> calls = new ArrayList<>();
  private final List<String> thrownAtTheCaller = new ArrayList<>();
  private @Nullable OkHttpClient own;

  Scene(Thrown thrown) {
    this.thrown = thrown;
  }

  /** The seam throws here. */
  RuntimeException raise() {
    hits.incrementAndGet();
    throw thrown.raise();
  }

  int hits() {
    return hits.get();
  }

  ScriptedServer server() {
    return server;
  }

  String url(String path) {
    return own == null ? server.url(path) : "http://seams.test:" + server.port() + path;
  }

  /** A client with a seam, and a companion without it. */
  AsyncHttpClient client(UnaryOperator<AsyncHttpClient.Builder> seam) {
    companions.add(common().build());
    return watched(seam.apply(common()).build());
  }

  /** A client without a seam of its own, for what throws outside of the settings. */
  AsyncHttpClient client() {
    return client(builder -> builder);
  }

  /** A client on an OkHttp client with a seam, and a companion on one without it; one pool. */
  AsyncHttpClient clientOn(UnaryOperator<OkHttpClient.Builder> seam) {
    OkHttpClient base =
        new OkHttpClient.Builder().dns(host -> List.of(InetAddress.getLoopbackAddress())).build();
    own = base;
    companions.add(common().okHttp(base).build());
    OkHttpClient throwing = seam.apply(base.newBuilder()).build();
    return watched(common().okHttp(throwing).build());
  }

  /** One call at a time, so that the others have to wait. */
  private static AsyncHttpClient.Builder common() {
    return AsyncHttpClient.builder()
        .maxConcurrency(1)
        .maxQueued(4)
        .retry(RETRY)
        .timeout(LONG)
        .attemptTimeout(LONG);
  }

  private AsyncHttpClient watched(AsyncHttpClient client) {
    clients.add(client);
    return client;
  }

  /** Sends a call; it has to end, and nothing may be thrown at who sends it. */
  CompletableFuture<?> call(Supplier<? extends CompletableFuture<?>> terminal) {
    try {
      CompletableFuture<?> call = terminal.get();
      calls.add(call);
      return call;
    } catch (Throwable atTheCaller) {
      thrownAtTheCaller.add("a terminal method threw " + atTheCaller);
      return new CompletableFuture<>().completeAsync(() -> null, Runnable::run);
    }
  }

  /** Sends a call that {@link #check} looks at. */
  void send(Supplier<? extends CompletableFuture<?>> terminal) {
    var unused = call(terminal);
  }

  /** Sends a call and waits for its end. */
  void callAndWait(Supplier<? extends CompletableFuture<?>> terminal) {
    Liveness.assertEndsTyped(call(terminal));
  }

  /** Does something at which nothing may be thrown. */
  void quietly(Runnable action) {
    try {
      action.run();
    } catch (Throwable atTheCaller) {
      thrownAtTheCaller.add("threw " + atTheCaller);
    }
  }

  /** Waits for what should come, but may not come about because something was thrown. */
  void settle(BooleanSupplier condition) {
    Eventually.comesTrue(condition, Duration.ofSeconds(3));
  }

  /** What the library owes after the seam has thrown. */
  void check() {
    for (CompletableFuture<?> call : calls) {
      Liveness.assertEndsTyped(call);
    }
    assertThat(thrownAtTheCaller).isEmpty();
    assertThat(hits).as("how often the seam was hit").hasPositiveValue();
    clients.forEach(client -> Quiet.assertNothingHeld(client, Liveness.LIMIT));
    for (AsyncHttpClient companion : companions) {
      assertThat(Awaited.value(companion.getString(url("/ok")), Liveness.LIMIT)).contains("ann");
      Quiet.assertNothingHeld(companion, Liveness.LIMIT);
    }
    clients.forEach(client -> Liveness.assertShutsDown(client, Duration.ofSeconds(2)));
  }

  private void answer(Exchange exchange) throws Exception {
    String path = exchange.request().path();
    String host = "http://" + exchange.request().header("Host");
    switch (path) {
      case "/stall" -> exchange.stall();
      case "/reset" -> exchange.reset();
      case "/broken" -> exchange.respond(503, "");
      case "/missing" -> exchange.respond(404, "");
      case "/moved" -> exchange.respond(302, Map.of("Location", "/ok"), "");
      case "/flaky" -> exchange.respond(flaky.getAndIncrement() % 2 == 0 ? 503 : 200, "\"ann\"");
      case "/lines" -> exchange.respond(200, "1\n2\n3\n");
      case "/events" ->
          exchange.respond(
              200, Map.of("Content-Type", "text/event-stream"), "data: 1\n\ndata: 2\n\n");
      case "/feed" ->
          exchange.respond(
              feeds.getAndIncrement() % 2 == 0 ? 200 : 204,
              Map.of("Content-Type", "text/event-stream"),
              "data: 1\n\n");
      case "/socket" -> socket(exchange);
      case "/gone" -> exchange.respond(204, "");
      case "/cut" -> Faults.truncatedBody().handle(exchange);
      case "/large" -> exchange.respond(200, "x".repeat(100_000));
      case "/pages" -> json(exchange, "{\"items\":[1,2],\"next\":\"" + host + "/last\"}");
      case "/last" -> json(exchange, "{\"items\":[3]}");
      default -> json(exchange, "{\"name\":\"ann\"}");
    }
  }

  /** Says something of each kind, then goodbye. */
  private static void socket(Exchange exchange) throws IOException {
    WebSocketPeer peer = WebSocketPeer.accept(exchange);
    peer.text("text");
    peer.frame(WebSocketPeer.FIN | WebSocketPeer.BINARY, new byte[] {1});
    peer.close(1000);
    peer.serve();
  }

  private static void json(Exchange exchange, String text) throws IOException {
    exchange.respond(200, Map.of("Content-Type", "application/json"), text);
  }

  @Override
  public void close() {
    calls.forEach(call -> call.cancel(true));
    clients.forEach(AsyncHttpClient::close);
    companions.forEach(AsyncHttpClient::close);
    if (own != null) {
      own.connectionPool().evictAll();
    }
    server.close();
  }
}
