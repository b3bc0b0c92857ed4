package dev.fetchwell.policy;

import dev.fetchwell.http.FetchRequest;
import java.util.concurrent.CompletionStage;

/**
 * Changes a request right before each attempt: signs it, or adds a header. It must be thread-safe,
 * and must not block; it may call the same client.
 *
 * <p>It runs before a permit is taken, and only for the client's own origin. What it throws, or its
 * stage fails with, ends the call, and nothing is sent.
 *
 * <pre>{@code
 * RequestFilter dated =
 *     (request, attempt) ->
 *         CompletableFuture.completedFuture(
 *             request.withHeader("X-Date", Instant.now().toString()));
 * }</pre>
 */
@FunctionalInterface
public interface RequestFilter {

  /** The request that is sent in place of this one. */
  CompletionStage<FetchRequest> apply(FetchRequest request, AttemptInfo attempt);
}
