package dev.fetchwell.testing;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.Await;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ClientDraft;
import dev.fetchwell.internal.call.FacadeAccess;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Wire;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A server for tests of code that calls: without a socket, on time that the test moves. Its clients
 * are real ones down to the wire: what they retry, time out, queue and decode is the library's own
 * doing.
 *
 * <pre>{@code
 * FakeServer server = FakeServer.create();
 * server.on("GET", "/users/{id}", request -> FakeReply.json(new User(request.variable("id"))));
 * AsyncHttpClient client = server.client();
 *
 * User user = server.await(client.getJson("/users/7", User.class));
 * }</pre>
 *
 * <p>Everything runs on the test's own thread: a reply without a delay is there when the call
 * returns, and one with a delay comes when the test {@linkplain #advance moves time}, or
 * {@linkplain #await awaits} a call. Randomness, such as jitter, is the same in each run. Web
 * sockets are not supported.
 *
 * <p>Thread-safe, but what becomes due runs on the thread that moves the time.
 */
public final class FakeServer {

  private static final String BASE_URL = "https://fake.example";
  private static final long SEED = 20260101;

  private final VirtualTime time = new VirtualTime();
  private final InlineThreads threads = new InlineThreads();
  private final Platform platform = Platform.repeatable(threads, time, time, SEED);
  private final Routes routes = new Routes();

  /** Guarded by itself, as are the ones below. */
  private final List<FakeRequest> requests = new ArrayList<>();

  private final List<FakeRequest> unexpected = new ArrayList<>();

  /** How many of the requests the test has seen. */
  private int seen;

  private FakeServer() {}

  /** A server that answers nothing yet. */
  public static FakeServer create() {
    return new FakeServer();
  }

  /**
   * What to answer to requests for a path, in place of what was said for it before.
   *
   * @param method such as {@code "GET"}
   * @param path such as {@code "/users/{id}"}, for any host, or with one, such as {@code
   *     "https://api.example.com/users/{id}"}; a query is not part of it
   * @param reply is called for each request. What it throws fails the call with an {@code
   *     UnexpectedError}
   */
  public FakeServer on(String method, String path, Function<FakeRequest, FakeReply> reply) {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    routes.add(method, path, Objects.requireNonNull(reply, "reply"));
    return this;
  }

  /** As above, with one reply after the other; the last one stays. */
  public FakeServer on(String method, String path, FakeReply first, FakeReply... others) {
    List<FakeReply> all = new ArrayList<>();
    all.add(Objects.requireNonNull(first, "first"));
    all.addAll(Arrays.asList(others));
    AtomicInteger next = new AtomicInteger();
    return on(method, path, request -> all.get(Math.min(next.getAndIncrement(), all.size() - 1)));
  }

  /** A client of this server with defaults, whose base URL is {@code https://fake.example}. */
  public AsyncHttpClient client() {
    return client(builder -> {});
  }

  /**
   * A client of this server.
   *
   * @param settings what a user would set; whatever host it calls, this server answers
   */
  public AsyncHttpClient client(Consumer<AsyncHttpClient.Builder> settings) {
    Objects.requireNonNull(settings, "settings");
    AsyncHttpClient.Builder builder = AsyncHttpClient.builder().baseUrl(BASE_URL);
    settings.accept(builder);
    ClientDraft draft = FacadeAccess.draftOf(builder);
    draft.platform(platform);
    draft.wire(FakeWire::new);
    return builder.build();
  }

  /** The wire of one client. */
  private final class FakeWire implements Wire {

    @Override
    public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
      return new FakeExchange(request, context, time).run(FakeServer.this::answer);
    }

    @Override
    public int openConnections() {
      return 0;
    }

    @Override
    public int idleConnections() {
      return 0;
    }

    @Override
    public void close() {
      // There is nothing to give up.
    }
  }

  private FakeReply answer(FakeRequest request) {
    Routes.Found found = routes.find(request.sent());
    FakeRequest matched = found == null ? request : request.matchedBy(found.variables());
    synchronized (requests) {
      requests.add(matched);
      if (found == null) {
        unexpected.add(matched);
      }
    }
    if (found == null) {
      throw new IllegalStateException(unexpected(request));
    }
    return Objects.requireNonNull(found.function().apply(matched), "the reply of a FakeServer");
  }

  private String unexpected(FakeRequest request) {
    return "the fake server has no reply for "
        + request
        + " (expected: server.on(\""
        + request.method()
        + "\", \""
        + request.path()
        + "\", ...); it has "
        + routes
        + ")";
  }

  /** Lets time pass, and what becomes due happen, each at its own moment. */
  public void advance(Duration duration) {
    time.advance(Checks.notNegative("duration", duration));
  }

  /** The time that has passed since the server was made. */
  public Duration elapsed() {
    return Duration.ofNanos(time.nanoTime());
  }

  /** The date and time that its clients see. */
  public Instant now() {
    return time.instant();
  }

  /**
   * Lets time pass until a call has ended.
   *
   * @return the call's value
   * @throws dev.fetchwell.error.FetchError what the call failed with
   * @throws AssertionError if no time could end it
   */
  public <T extends @Nullable Object> T await(CompletableFuture<T> call) {
    Objects.requireNonNull(call, "call");
    while (!call.isDone()) {
      if (!time.advanceToNext()) {
        throw new AssertionError(
            "nothing is left that could end the call (expected: a call of this server's client, "
                + "whose future completes on the test's own thread)");
      }
    }
    return Await.result(call);
  }

  /** What was sent so far, every attempt and every redirect, in order. */
  public List<FakeRequest> requests() {
    synchronized (requests) {
      seen = requests.size();
      return List.copyOf(requests);
    }
  }

  /**
   * Fails if there was a request for which there is no reply, or one since {@link #requests} was
   * asked for last.
   */
  public void verifyNoMore() {
    synchronized (requests) {
      if (!unexpected.isEmpty()) {
        throw new AssertionError(unexpected(unexpected.get(0)));
      }
      if (seen < requests.size()) {
        throw new AssertionError(
            "the fake server also got " + requests.subList(seen, requests.size()));
      }
    }
  }

  @Override
  public String toString() {
    synchronized (requests) {
      return "FakeServer[" + requests.size() + " requests, " + elapsed() + "]";
    }
  }
}
