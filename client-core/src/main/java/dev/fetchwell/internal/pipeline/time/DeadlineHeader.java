package dev.fetchwell.internal.pipeline.time;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Tells the server how many milliseconds it has: until the attempt is given up, or the whole call.
 *
 * <p>It stands right above the wire, so that what was spent on waiting is not told as left. What a
 * request says there itself is replaced: it may have been copied from another request.
 */
public final class DeadlineHeader implements Stage {

  private final Stage next;
  private final String name;

  private DeadlineHeader(Stage next, String name) {
    this.next = next;
    this.name = name;
  }

  /** The layer; none without a name. */
  public static Layer layer(@Nullable String name) {
    return name == null ? Layer.none() : next -> new DeadlineHeader(next, name);
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    return next.sent(request.withHeader(name, Long.toString(millisLeft(context))), context);
  }

  /** At least one: zero would mean none to some servers, and no limit to others. */
  private static long millisLeft(CallContext context) {
    Duration attempt = context.options().attemptTimeout();
    Duration total = context.remaining();
    return Math.max(1, (attempt.compareTo(total) < 0 ? attempt : total).toMillis());
  }
}
