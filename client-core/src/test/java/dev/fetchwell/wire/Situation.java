package dev.fetchwell.wire;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.EventRecorder;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testserver.DeadEnds;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;

/**
 * A call that is held up at a certain point for as long as the test likes.
 *
 * @param client whose call it is
 * @param call the one that is held up
 * @param mayHaveBeenProcessed whether a server may have seen it
 */
record Situation(AsyncHttpClient client, CompletableFuture<?> call, boolean mayHaveBeenProcessed) {

  private static final Duration LONG = Duration.ofSeconds(25);

  /** Where a call can be held up. */
  enum Point {
    QUEUED,
    RESOLVING,
    CONNECTING,
    SHAKING_HANDS,
    SENDING,
    WAITING_FOR_AN_ANSWER,
    READING,
    WAITING_FOR_A_RETRY,
    WAITING_FOR_A_RETRY_UNSENT
  }

  static Situation at(Point point, ClientsAndServers wire) {
    return switch (point) {
      case QUEUED -> queued(wire);
      case RESOLVING -> resolving(wire);
      case CONNECTING -> connecting(wire);
      case SHAKING_HANDS -> shakingHands(wire);
      case SENDING -> sending(wire);
      case WAITING_FOR_AN_ANSWER -> waitingForAnAnswer(wire);
      case READING -> reading(wire);
      case WAITING_FOR_A_RETRY -> waitingForARetry(wire);
      case WAITING_FOR_A_RETRY_UNSENT -> waitingForARetryUnsent(wire);
    };
  }

  private static AsyncHttpClient patient(ClientsAndServers wire) {
    return wire.client(builder -> builder.attemptTimeout(LONG).connectTimeout(LONG));
  }

  private static Situation queued(ClientsAndServers wire) {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = wire.client(builder -> builder.maxConcurrency(1));
    CompletableFuture<String> first = client.getString(server.url("/first"));
    wire.finallyCancel(first);
    CompletableFuture<String> call = client.getString(server.url("/second"));
    server.awaitRequests(1);
    Eventually.holds(
        () -> client.stats().queued() == 1,
        () -> "one queued: " + client.stats(),
        ClientsAndServers.SETTLES);
    return new Situation(client, call, false);
  }

  private static Situation resolving(ClientsAndServers wire) {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    wire.finallyDo(answer::countDown);
    OkHttpClient own =
        new OkHttpClient.Builder()
            .dns(
                host -> {
                  asked.countDown();
                  await(answer);
                  return List.of(InetAddress.getLoopbackAddress());
                })
            .build();
    AsyncHttpClient client = wire.clientOn(own);
    CompletableFuture<String> call =
        client.getString("http://slow.test:" + DeadEnds.refusedPort() + "/");
    await(asked);
    return new Situation(client, call, false);
  }

  private static Situation connecting(ClientsAndServers wire) {
    DeadEnds.NeverAccepts hang = wire.closing(DeadEnds.neverAccepts());
    CountDownLatch begun = new CountDownLatch(1);
    EventListener listener =
        new EventListener() {

          @Override
          public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
            begun.countDown();
          }
        };
    OkHttpClient own = new OkHttpClient.Builder().eventListener(listener).build();
    AsyncHttpClient client = wire.clientOn(own);
    CompletableFuture<String> call = client.getString(hang.url("/"));
    await(begun);
    return new Situation(client, call, false);
  }

  private static Situation shakingHands(ClientsAndServers wire) {
    ScriptedServer server = wire.serverOnConnect(Scripts.stall());
    AsyncHttpClient client = patient(wire);
    CompletableFuture<String> call = client.getString("https://127.0.0.1:" + server.port() + "/");
    server.awaitConnections(1);
    return new Situation(client, call, false);
  }

  /** A body larger than all buffers on the way, to a server that does not read. */
  private static Situation sending(ClientsAndServers wire) {
    CountDownLatch read = new CountDownLatch(1);
    wire.finallyDo(read::countDown);
    ScriptedServer server = wire.serverOnConnect(exchange -> await(read));
    AsyncHttpClient client = patient(wire);
    CompletableFuture<String> call =
        client.put(server.url("/")).body(new byte[30_000_000], "text/plain").asString();
    server.awaitConnections(1);
    // Nothing tells that the buffers are full; the test holds before that, too.
    ClientsAndServers.pause(Duration.ofMillis(100));
    return new Situation(client, call, true);
  }

  private static Situation waitingForAnAnswer(ClientsAndServers wire) {
    ScriptedServer server = wire.server(Scripts.stall());
    AsyncHttpClient client = patient(wire);
    CompletableFuture<String> call = client.getString(server.url("/"));
    server.awaitRequests(1);
    return new Situation(client, call, true);
  }

  private static Situation reading(ClientsAndServers wire) {
    CountDownLatch answered = new CountDownLatch(1);
    Script script =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n0123456789");
          answered.countDown();
          exchange.stall();
        };
    ScriptedServer server = wire.server(script);
    AsyncHttpClient client = patient(wire);
    CompletableFuture<String> call = client.getString(server.url("/"));
    await(answered);
    return new Situation(client, call, true);
  }

  private static Situation waitingForARetry(ClientsAndServers wire) {
    ScriptedServer server = wire.server(Scripts.retryAfter(503, "20"));
    EventRecorder recorder = new EventRecorder();
    AsyncHttpClient client = wire.client(builder -> builder.listener(recorder));
    CompletableFuture<String> call = client.getString(server.url("/"));
    recorder.awaitEvent("retryScheduled", ClientsAndServers.SETTLES);
    return new Situation(client, call, true);
  }

  private static Situation waitingForARetryUnsent(ClientsAndServers wire) {
    EventRecorder recorder = new EventRecorder();
    AsyncHttpClient client =
        wire.client(builder -> builder.listener(recorder).retry(retryAfter(LONG)));
    CompletableFuture<String> call =
        client.getString("http://127.0.0.1:" + DeadEnds.refusedPort() + "/");
    recorder.awaitEvent("retryScheduled", ClientsAndServers.SETTLES);
    return new Situation(client, call, false);
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(Awaited.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("latch still closed");
      }
    } catch (InterruptedException serverIsClosed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Retries everything that is safe, once, after a fixed delay. */
  private static RetryPolicy retryAfter(Duration delay) {
    return RetryPolicy.builder()
        .maxAttempts(2)
        .backoff(Backoff.fixed(delay).withoutJitter())
        .build();
  }
}
