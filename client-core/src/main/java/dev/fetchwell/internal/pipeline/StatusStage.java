package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.StatusFacts;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.RetryAfter;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Makes an error of every status from 400 on. */
public final class StatusStage implements Stage {

  private final Stage next;
  private final InstantSource clock;

  /** Wraps the next stage; the clock tells how long it is to a date in {@code Retry-After}. */
  public StatusStage(Stage next, InstantSource clock) {
    this.next = next;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    CompletableFuture<Reply> inner = next.send(request, context);
    outer.givesUp(() -> inner.cancel(false));
    Futures.whenEnded(
        inner,
        (reply, thrown) -> {
          if (thrown != null) {
            outer.completeExceptionally(thrown);
          } else if (reply.status() >= 400) {
            context.keepErrorReply(context.settings().keepsErrorBody() ? reply : null);
            outer.completeExceptionally(error(reply, context));
          } else if (!outer.complete(reply)) {
            reply.discard();
          }
        });
    return outer;
  }

  private HttpStatusError error(Reply reply, CallContext context) {
    StatusFacts facts =
        new StatusFacts(reply.status(), reply.headers(), reply.bytes(), retryAfter(reply));
    return HttpStatusError.of(facts, context.facts());
  }

  private Optional<Duration> retryAfter(Reply reply) {
    Instant ours = clock.instant();
    // A date is meant by the server's clock, which may differ from ours.
    Instant now = reply.header("Date").flatMap(date -> RetryAfter.date(date, ours)).orElse(ours);
    return reply.header("Retry-After").flatMap(value -> RetryAfter.parse(value, now));
  }
}
