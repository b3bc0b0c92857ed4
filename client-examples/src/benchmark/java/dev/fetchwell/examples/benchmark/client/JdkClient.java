package dev.fetchwell.examples.benchmark.client;

import dev.fetchwell.examples.benchmark.client.ByHand.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * java.net.http, with {@code sendAsync} and a timeout per request, as <a
 * href="https://docs.oracle.com/en/java/javase/17/docs/api/java.net.http/java/net/http/HttpClient.html">
 * its reference</a> shows. Its pool of connections has no limit by default. Its executor is of the
 * kind that it makes itself (a cached pool), given by hand so that close() can end it before JDK
 * 21. Retry, bulkhead and total timeout are by hand.
 *
 * <p>Without TLS it speaks HTTP/2 only after an upgrade, and would open a connection for each call
 * until the first is answered: with h2 one request to another path goes ahead of all calls.
 */
final class JdkClient implements ClientUnderTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicReference<@Nullable CompletableFuture<?>> upgraded = new AtomicReference<>();
  private final HttpClient client;
  private final ByHand byHand;
  private final Job job;

  JdkClient(Job job) {
    this.client =
        HttpClient.newBuilder()
            .version(job.h2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(job.connectTimeout())
            .executor(threads)
            .build();
    this.byHand = new ByHand(job);
    this.job = job;
  }

  @Override
  public CompletableFuture<User> get(String url) {
    return byHand.call(() -> send(url));
  }

  private CompletableFuture<Answer> send(String url) {
    URI uri = URI.create(url);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(job.attemptTimeout()).build();
    if (!job.h2()) {
      return send(request);
    }
    CompletableFuture<?> first = upgraded.get();
    if (first == null) {
      first = upgrade(HttpRequest.newBuilder(uri.resolve("/")).timeout(job.attemptTimeout()));
    }
    return first.isDone() ? send(request) : first.thenCompose(answered -> send(request));
  }

  private CompletableFuture<?> upgrade(HttpRequest.Builder request) {
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<?> other = upgraded.compareAndExchange(null, mine);
    if (other != null) {
      return other;
    }
    var unused = send(request.build()).whenComplete((answer, thrown) -> mine.complete(null));
    return mine;
  }

  private CompletableFuture<Answer> send(HttpRequest request) {
    return client.sendAsync(request, BodyHandlers.ofByteArray()).thenApply(JdkClient::answer);
  }

  private static Answer answer(HttpResponse<byte[]> response) {
    return new Answer(response.statusCode(), response.body());
  }

  /** Before JDK 21 connections are closed when nobody refers to the client any longer. */
  @Override
  public void close() {
    if (Runtime.version().feature() >= 21) {
      try {
        HttpClient.class.getMethod("shutdownNow").invoke(client);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("JDK 21 and later have it", e);
      }
    }
    threads.shutdown();
  }
}
