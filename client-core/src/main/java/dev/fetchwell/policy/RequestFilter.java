package dev.fetchwell.policy;

import dev.fetchwell.http.FetchRequest;
import java.util.concurrent.CompletionStage;

/**
 * Changes a request right before each attempt: signs it, dates it, adds a header. What it gives is
 * what is sent, and is gone with the attempt; a retry and a redirect begin with the request as it
 * was made. It sees all that the client knows of the request: default headers, the bearer token,
 * what filters before it made of it; a body in memory is {@link
 * dev.fetchwell.http.RequestBody#bytes}.
 *
 * <p>It runs before any permit is taken, on a call's thread, and by default only for requests to
 * the client's own origin: that of its base URL, and without one any that your code names, but not
 * where a redirect or a link leads to another origin, nor back from there. It may change the path,
 * the query, the method, headers and body; not the origin. It must be thread-safe. It should not
 * block: that costs a thread until the call's deadline, though nothing else.
 *
 * <p>What it throws, or its stage fails with, ends the call: as an {@code UnexpectedError} with
 * that as its cause, or as it is if it is a {@code FetchError}. The attempt was not sent then, and
 * no policy tries it again. A stage that never completes ends with the call, and is cancelled.
 *
 * <p>It may call the client that it belongs to. Such a call runs the filters as well, so let it
 * pass, or use a client without them; beyond eight calls inside each other they are refused. A
 * filter that waits for a call which waits for that filter ends at the deadline.
 *
 * <pre>{@code
 * RequestFilter signed =
 *     (request, attempt) -> {
 *       byte[] body = request.body().flatMap(RequestBody::bytes).orElse(new byte[0]);
 *       String signature = sign(request.method(), request.url(), body);
 *       return CompletableFuture.completedFuture(
 *           request.withSecretHeader("X-Signature", signature));
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface RequestFilter {

  /**
   * The request that is sent in place of this one.
   *
   * @param request as it would be sent
   * @param attempt what it is sent in
   * @return a stage of the request, not null; of the one given if there is nothing to change
   */
  CompletionStage<FetchRequest> apply(FetchRequest request, AttemptInfo attempt);
}
