package dev.fetchwell.internal.pipeline.prepare;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.TokenError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.policy.TokenSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests to the client's own origin its bearer token, unless they have an {@code
 * Authorization} of their own; and where a server answers 401, sends the request once more with
 * another token. That one was not processed, so any method goes again; it is an attempt which the
 * policy does not count, and no budget pays for.
 */
public final class BearerTokens {

  private static final int UNAUTHORIZED = 401;

  private final @Nullable Tokens tokens;
  private final OwnOrigin origin;

  /** The tokens of one client; without a source there are none. */
  public BearerTokens(@Nullable TokenSource source, Platform platform, OwnOrigin origin) {
    this.tokens = source == null ? null : new Tokens(source, platform);
    this.origin = origin;
  }

  /** The layer. */
  public Layer layer() {
    Tokens known = tokens;
    return known == null
        ? Layer.none()
        : next -> (request, context) -> send(known, next, request, context);
  }

  /** Fetches no more on its own. */
  public void close() {
    if (tokens != null) {
      tokens.close();
    }
  }

  private CompletableFuture<Reply> send(
      Tokens known, Stage next, FetchRequest request, CallContext context) {
    if (!origin.covers(request) || request.header("Authorization").isPresent()) {
      return next.send(request, context);
    }
    Sending sending = new Sending(known, next, request, context);
    sending.begin();
    return sending.outer;
  }

  /** One request: it waits for its token, or is sent, or has ended. */
  private static final class Sending {

    private final CallFuture<Reply> outer = new CallFuture<>();
    private final Tokens tokens;
    private final Stage next;
    private final FetchRequest request;
    private final CallContext context;

    private Sending(Tokens tokens, Stage next, FetchRequest request, CallContext context) {
      this.tokens = tokens;
      this.next = next;
      this.request = request;
      this.context = context;
    }

    private void begin() {
      context.attempt().markWaiting(true);
      HeldToken known = tokens.now();
      if (known != null) {
        sendWith(known);
      } else if (tokens.isFetchingHere()) {
        context.attempt().markHopeless();
        outer.completeExceptionally(
            new TokenError(
                "its TokenSource calls the client that waits for it (expected: another client, or"
                    + " a request with an Authorization header of its own)",
                context.facts(),
                null));
      } else {
        context.attempt().markWaitingFor("a bearer token");
        outer.follow(tokens.fetched(), this::sendWith, this::failed);
      }
    }

    private void sendWith(HeldToken token) {
      if (outer.isEnding()) {
        return;
      }
      context.attempt().markWaitingFor("");
      outer.follow(
          next.sent(token.on(request), context),
          reply -> replied(reply, token),
          outer::completeExceptionally);
    }

    private void replied(Reply reply, HeldToken token) {
      if (reply.status() != UNAUTHORIZED) {
        outer.complete(reply);
        return;
      }
      if (context.attempt().isHedge()) {
        // The one beside it goes on, and is sent again if its token is refused too.
        tokens.refuse(token);
        FetchError refused = reply.error(context);
        reply.cancel();
        outer.completeExceptionally(refused);
        return;
      }
      if (!context.takeTokenRenewal()) {
        outer.complete(reply);
        return;
      }
      tokens.refuse(token);
      context.attempt().markRefused();
      FetchError error = reply.error(context);
      reply.cancel();
      context.events().attemptEnded(context.attempt(), reply.status(), error);
      context.addFailure(error);
      context.addRepeat();
      context.events().retryScheduled(context.attempts() + 1, Duration.ZERO, error);
      Attempt again = context.beginAttempt(true, false);
      context.events().attemptStarted(again.number());
      begin();
    }

    private void failed(Throwable thrown) {
      if (outer.isEnding()) {
        return;
      }
      Throwable cause = thrown instanceof TokenProblem ? thrown.getCause() : thrown;
      String problem = "it got no bearer token: " + thrown.getMessage();
      outer.completeExceptionally(new TokenError(problem, context.facts(), cause));
    }
  }
}
