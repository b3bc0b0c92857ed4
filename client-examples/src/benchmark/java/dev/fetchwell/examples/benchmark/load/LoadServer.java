package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.Json;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers {@code /users/7} with a small JSON, over HTTP/1.1 and, without TLS, HTTP/2. With {@code
 * ?after=} it waits so many milliseconds first. {@code /flaky/*} is 503 when it is asked for the
 * first time, {@code /broken} always, {@code /silent} never answers.
 *
 * <p>Each measurement has a port of its own: closed connections of one must not take the local
 * ports of the next. A port's counters are confined to its event loop, but for reading.
 */
public final class LoadServer implements AutoCloseable {

  /** HTTP/2 streams on one connection: so that every client may send all calls over one. */
  private static final int MAX_STREAMS = 16_384;

  private static final Buffer USER = Buffer.buffer(Json.USER);

  private final Vertx vertx;
  private final HttpServer server;
  private final Set<String> seen = new HashSet<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger mostInFlight = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();

  private LoadServer(Vertx vertx) {
    this.vertx = vertx;
    HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1").setPort(0);
    options.setAcceptBacklog(16_384);
    options.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS));
    this.server =
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> connections.incrementAndGet())
            .requestHandler(this::received);
    await(server.listen().toCompletionStage().toCompletableFuture());
  }

  /** On a port of its own. */
  public static LoadServer start(Vertx vertx) {
    return new LoadServer(vertx);
  }

  /** Where it listens. */
  public int port() {
    return server.actualPort();
  }

  /** An address on it. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  /** What it has counted so far. */
  public Counts counts() {
    return new Counts(requests.get(), mostInFlight.get(), connections.get());
  }

  private void received(HttpServerRequest request) {
    requests.incrementAndGet();
    mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    String path = request.path();
    if (path.equals("/silent")) {
      return;
    }
    if (path.equals("/broken") || (path.startsWith("/flaky/") && seen.add(path))) {
      request.response().setStatusCode(503);
      answer(request, Buffer.buffer("unavailable"));
      return;
    }
    String after = request.getParam("after");
    if (after == null) {
      answer(request, USER);
    } else {
      vertx.setTimer(Long.parseLong(after), timer -> answer(request, USER));
    }
  }

  private void answer(HttpServerRequest request, Buffer body) {
    // Ended before the client can know: else its next request would overlap with this one.
    inFlight.decrementAndGet();
    if (!request.response().closed()) {
      request.response().putHeader("content-type", "application/json").end(body);
    }
  }

  @Override
  public void close() {
    await(server.close().toCompletionStage().toCompletableFuture());
  }

  private static void await(CompletableFuture<?> done) {
    done.orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** What came in: whether a client did the job that it was given. */
  public record Counts(int requests, int mostInFlight, int connections) {}
}
