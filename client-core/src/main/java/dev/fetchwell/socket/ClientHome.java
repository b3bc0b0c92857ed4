package dev.fetchwell.socket;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ClientRuntime;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.call.RequestDraft;
import dev.fetchwell.policy.RetryPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The client of a socket: its handshakes are calls like others, with one attempt each. */
final class ClientHome implements Home {

  private final ClientRuntime client;
  private final RequestDraft draft;
  private final SocketSettings settings;

  ClientHome(RequestAccess.Parts parts, SocketSettings settings) {
    this.client = parts.client();
    this.draft = parts.draft().copy();
    client.prepare(draft);
    this.settings = settings;
    draft.options(options -> options.retry(RetryPolicy.none()).unhedged().singleFlight(false));
  }

  @Override
  public CompletableFuture<Link> connect() {
    try {
      Optional<FetchRequest> request = draft.toRequest();
      boolean isGet =
          request.isEmpty()
              || (request.get().method().name().equals("GET") && request.get().body().isEmpty());
      if (!isGet) {
        CallFacts facts = new CallFacts("GET", shownUrl(), 0, Duration.ZERO, false);
        return CompletableFuture.failedFuture(
            new InvalidRequestError(
                "a web socket is opened by a GET without a body (expected: client.get(url))",
                facts,
                null));
      }
      RequestDraft asking = draft.copy();
      Handshake handshake =
          new Handshake(settings.subprotocols, settings.compresses, settings.maxMessageBytes);
      handshake.ask((name, value) -> asking.setHeader(name, value, false));
      return client.sendInside(asking, handshake);
    } catch (Throwable thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }

  @Override
  public Platform platform() {
    return client.platform();
  }

  @Override
  public void complete(Runnable completion) {
    client.complete(completion);
  }

  @Override
  public boolean adopt(SocketRun socket) {
    return client.adopt(socket);
  }

  @Override
  public void release(SocketRun socket) {
    client.release(socket);
  }

  @Override
  public String shownUrl() {
    return draft.shownUrl();
  }
}
