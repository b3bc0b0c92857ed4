package dev.fetchwell.wire;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.testkit.Eventually;
import dev.fetchwell.testkit.Quiet;
import dev.fetchwell.testserver.Script;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.TestCertificates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
public final class ClientsAndServers implements BeforeEachCallback, AfterEachCallback {

  /** More than it takes until all is given back, and less than an attempt may take by default. */
  static final Duration SETTLES = Duration.ofSeconds(5);

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
    Quiet.assertNothingHeld(client, SETTLES);
    Quiet.assertNoConnectionInUse(client, SETTLES);
    int idle = clients.stream().mapToInt(each -> each.stats().idleConnections()).max().orElse(0);
    Eventually.holds(
        () -> servers.stream().mapToInt(ScriptedServer::openConnections).sum() <= idle,
        () -> "the servers to see no connection but the " + idle + " idle ones",
        SETTLES);
  }
}
