package dev.fetchwell.examples.benchmark.client;

import java.util.concurrent.CompletableFuture;

/**
 * One of the clients that are compared. Each does the same {@link Job}: GET, decode the JSON with
 * the same Jackson to a {@link User}, retry a 503 twice with jittered exponential backoff, let no
 * more than so many attempts be in flight, end each attempt and the whole call at its timeout.
 *
 * <p>What a client has of this it does itself; the rest is {@link ByHand}.
 */
public interface ClientUnderTest extends AutoCloseable {

  /** Sends. */
  CompletableFuture<User> get(String url);

  /** Closes connections and ends threads. */
  @Override
  void close();
}
