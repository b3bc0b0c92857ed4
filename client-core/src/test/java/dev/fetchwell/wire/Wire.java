package dev.fetchwell.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.TestCertificates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The clients and servers of one test. After it, everything has to be given back: permits, places,
 * timers, threads, connections; and nobody may have printed or thrown anything aside.
 */
public final class Wire implements BeforeEachCallback, AfterEachCallback {

  /** More than anything takes here, but for a bug. */
  public static final Duration LIMIT = Duration.ofSeconds(20);

  private static final Duration SETTLES = Duration.ofSeconds(5);

  private final List<AsyncHttpClient> clients = new ArrayList<>();
  private final List<ScriptedServer> servers = new ArrayList<>();
  private final List<AutoCloseable> others = new ArrayList<>();
  private final List<Runnable> releases = new ArrayList<>();
  private final Leftovers leftovers = new Leftovers();

  /** A client with defaults. */
  AsyncHttpClient client() {
    return client(builder -> builder);
  }

  AsyncHttpClient client(UnaryOperator<AsyncHttpClient.Builder> settings) {
    return adopt(settings.apply(AsyncHttpClient.builder()).build());
  }

  /** Watches and closes a client that the test built. */
  AsyncHttpClient adopt(AsyncHttpClient client) {
    clients.add(client);
    return client;
  }

  /** A client on an OkHttp client of the caller's. */
  AsyncHttpClient clientOn(OkHttpClient own) {
    closing(() -> own.connectionPool().evictAll());
    return client(builder -> builder.okHttp(own));
  }

  /** A client that trusts the tests' authority. */
  AsyncHttpClient trustingClient() {
    return clientOn(trusting().build());
  }

  static OkHttpClient.Builder trusting() {
    return new OkHttpClient.Builder()
        .sslSocketFactory(
            TestCertificates.client().getSocketFactory(), TestCertificates.clientTrustManager());
  }

  ScriptedServer server(Script script) {
    return serving(ScriptedServer.start(script));
  }

  ScriptedServer tlsServer(SSLContext tls, Script script) {
    return serving(ScriptedServer.startTls(tls, script));
  }

  ScriptedServer serverOnConnect(Script script) {
    return serving(ScriptedServer.startOnConnect(script));
  }

  private ScriptedServer serving(ScriptedServer server) {
    servers.add(server);
    return server;
  }

  /** Has something closed after the test. */
  <T extends AutoCloseable> T closing(T closeable) {
    others.add(0, closeable);
    return closeable;
  }

  /** Has a call cancelled before the checks. */
  void finallyCancel(CompletableFuture<?> call) {
    finallyDo(() -> call.cancel(true));
  }

  /** Has something let go before the checks. */
  void finallyDo(Runnable action) {
    releases.add(action);
  }

  /** Lets go now what would be let go in the end. */
  void letGo() {
    releases.forEach(Runnable::run);
    releases.clear();
  }

  /** The value that the future ends with in time. */
  static <T> T value(CompletableFuture<T> future) {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not ended after " + LIMIT + ": " + future, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** What the future fails with in time. */
  static <E extends Throwable> E failure(CompletableFuture<?> future, Class<E> type) {
    Throwable thrown = value(future.handle((value, error) -> error == null ? none(value) : error));
    Throwable unwrapped = CallFuture.unwrap(thrown);
    assertThat(unwrapped).isInstanceOf(type);
    // Nothing but the plain error may be in the caller's future.
    assertThat(unwrapped).isSameAs(thrown);
    return type.cast(unwrapped);
  }

  private static Throwable none(Object value) {
    return new AssertionError("ended with the value " + value);
  }

  /** Waits for something that settles on another thread. */
  static void await(BooleanSupplier condition, Supplier<String> expected) {
    long deadline = System.nanoTime() + SETTLES.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("expected within " + SETTLES + ": " + expected.get());
      }
      pause(Duration.ofMillis(2));
    }
  }

  static void pause(Duration duration) {
    try {
      TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    leftovers.watch();
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      letGo();
      clients.forEach(this::checkQuiet);
      leftovers.check();
    } finally {
      leftovers.stopWatching();
      clients.forEach(AsyncHttpClient::close);
      for (AutoCloseable other : others) {
        other.close();
      }
      servers.forEach(ScriptedServer::close);
    }
  }

  private void checkQuiet(AsyncHttpClient client) {
    await(
        () -> client.stats().inFlight() == 0 && client.stats().queued() == 0,
        () -> "no call in flight or queued, is " + client.stats());
    await(
        () -> client.stats().openConnections() == client.stats().idleConnections(),
        () -> "no open connection but idle ones, is " + client.stats());
    int idle = clients.stream().mapToInt(each -> each.stats().idleConnections()).max().orElse(0);
    await(
        () -> servers.stream().mapToInt(ScriptedServer::openConnections).sum() <= idle,
        () -> "the servers to see no connection but the " + idle + " idle ones");
  }
}
