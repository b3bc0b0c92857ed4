package dev.fetchwell.examples.feed;

import dev.fetchwell.Await;
import dev.fetchwell.examples.console.OnExit;
import dev.fetchwell.socket.ReconnectingWebSocket;
import dev.fetchwell.socket.SocketState;
import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Follows one feed over a web socket: counts what comes, tells on each connection where to go on,
 * prints a line a second, and closes the socket in the end, also when the process is told to end.
 */
public final class FeedFollower {

  /** What stands for the number to go on with. */
  public static final String NEXT = "{next}";

  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final long PERIOD = Duration.ofSeconds(1).toNanos();
  private static final JsonMapper JSON = new JsonMapper();

  private final PrintStream out;
  private final FeedCounts counts;
  private final String subscription;
  private final String field;
  private final CompletableFuture<@Nullable Void> enough = new CompletableFuture<>();

  private final AtomicBoolean exits = new AtomicBoolean();

  /** Whether the summary is printed; guarded by this. */
  private boolean isOver;

  /**
   * Creates one, for one feed.
   *
   * @param subscription what is sent on each connection; empty: nothing
   * @param field the JSON field that has a message's number
   */
  public FeedFollower(PrintStream out, FeedCounts counts, String subscription, String field) {
    this.out = out;
    this.counts = counts;
    this.subscription = subscription;
    this.field = field;
  }

  /**
   * Follows until the feed ends, or there were enough messages, or the time is over, or the process
   * is told to end.
   *
   * @param limit how many messages are enough; 0: none
   * @param atMost how long; zero: without end
   * @return false if the process is told to end
   * @throws dev.fetchwell.error.FetchError if there was no use in connecting again
   */
  public boolean follow(ReconnectingWebSocket.Builder feed, long limit, Duration atMost)
      throws InterruptedException {
    CompletableFuture<ReconnectingWebSocket> made = new CompletableFuture<>();
    ReconnectingWebSocket socket =
        feed.onOpen(this::subscribe)
            .onText((from, text) -> take(text, limit))
            .onState(
                state -> {
                  var unused = made.thenAccept(connected -> changed(connected, state));
                })
            .connect();
    made.complete(socket);
    OnExit exit = OnExit.run(() -> exit(socket));
    try {
      await(CompletableFuture.anyOf(enough, socket.closed()), atMost, socket);
      finish(socket);
    } finally {
      exit.done();
    }
    if (!exits.get()) {
      Await.result(socket.closed());
    }
    return !exits.get();
  }

  /** It runs before anything of this connection comes, and after all that came before. */
  private void subscribe(ReconnectingWebSocket socket) {
    counts.opened();
    if (!subscription.isEmpty()) {
      // If it fails the connection is lost, and this runs again for the next one.
      var unused = socket.send(subscription.replace(NEXT, Long.toString(counts.next())));
    }
  }

  private void take(String text, long limit) {
    if (enough.isDone()) {
      return;
    }
    counts.message(numberOf(text));
    if (counts.messages() == limit) {
      enough.complete(null);
    }
  }

  private OptionalLong numberOf(String text) {
    try {
      JsonNode number = JSON.readTree(text).path(field);
      return number.canConvertToLong() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    } catch (JacksonException notJson) {
      return OptionalLong.empty();
    }
  }

  private void changed(ReconnectingWebSocket socket, SocketState state) {
    if (state == SocketState.WAITING) {
      socket.lastError().ifPresent(counts::ended);
    }
  }

  private void await(CompletableFuture<?> end, Duration atMost, ReconnectingWebSocket socket)
      throws InterruptedException {
    long start = System.nanoTime();
    long left = atMost.isZero() ? Long.MAX_VALUE : atMost.toNanos();
    while (left > 0) {
      try {
        end.get(Math.min(left, PERIOD), TimeUnit.NANOSECONDS);
        return;
      } catch (ExecutionException ended) {
        return; // With an error, which the socket's own future tells.
      } catch (TimeoutException notYet) {
        out.println("  " + counts + trouble(socket));
        left = atMost.isZero() ? left : atMost.toNanos() - (System.nanoTime() - start);
      }
    }
  }

  private static String trouble(ReconnectingWebSocket socket) {
    return socket.state() == SocketState.OPEN
        ? ""
        : socket.lastError().map(error -> "; " + error.getMessage()).orElse("");
  }

  private void exit(ReconnectingWebSocket socket) {
    exits.set(true);
    finish(socket);
  }

  /** Whoever comes second waits for the first, so that no process ends before it is printed. */
  private synchronized void finish(ReconnectingWebSocket socket) {
    if (!isOver) {
      isOver = true;
      socket.stop(GRACE).join();
      out.println(counts);
      out.println("connections that others followed: " + counts.endings());
    }
  }
}
