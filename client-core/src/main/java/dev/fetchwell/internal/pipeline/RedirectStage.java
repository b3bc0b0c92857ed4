package dev.fetchwell.internal.pipeline;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.concurrent.Futures;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Follows redirects as the <a href="https://fetch.spec.whatwg.org/#http-redirect-fetch">Fetch
 * standard</a> does: at most 20, never from https to http, and nothing secret to another origin.
 *
 * <p>It stands above the retries, so that each hop has its own host's permit and budget, and a
 * failing hop does not repeat the ones before it.
 */
public final class RedirectStage implements Stage {

  private static final int MAX_REDIRECTS = 20;

  private final Stage next;

  /** Wraps the next stage. */
  public RedirectStage(Stage next) {
    this.next = next;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    new Hops(outer, context).send(request, 0);
    return outer;
  }

  private final class Hops {

    private final CallFuture<Reply> outer;
    private final CallContext context;

    private Hops(CallFuture<Reply> outer, CallContext context) {
      this.outer = outer;
      this.context = context;
    }

    private void send(FetchRequest request, int redirects) {
      CompletableFuture<Reply> inner = next.send(request, context);
      outer.givesUp(() -> inner.cancel(false));
      Futures.whenEnded(
          inner,
          (reply, thrown) -> {
            if (thrown != null) {
              outer.completeExceptionally(thrown);
            } else {
              replied(request, reply, redirects);
            }
          });
    }

    private void replied(FetchRequest request, Reply reply, int redirects) {
      if (!leadsOn(reply, context)) {
        finish(reply);
        return;
      }
      Optional<RequestUri> target =
          reply.header("Location").flatMap(location -> target(request, location));
      if (target.isEmpty()) {
        refuse("redirect to an address that is no http(s) URL", reply);
      } else if (request.uri().isSecure() && !target.get().isSecure()) {
        refuse("redirect from https to http is not followed", reply);
      } else if (redirects == MAX_REDIRECTS) {
        refuse("more than " + MAX_REDIRECTS + " redirects", reply);
      } else if (outer.isEnding()) {
        context.events().attemptEnded(context.attempts(), reply.status(), null);
      } else {
        boolean asGet = becomesGet(request.method(), reply.status());
        if (asGet) {
          context.addProcessedHop();
        }
        send(request.redirectedTo(target.get(), asGet), redirects + 1);
      }
    }

    private void refuse(String problem, Reply reply) {
      if (context.settings().keepsErrorBody()) {
        context.events().attemptEnded(context.attempts(), reply.status(), null);
        finish(reply);
        return;
      }
      reply.discard();
      ConnectionError error =
          new ConnectionError(ConnectionError.Kind.PROTOCOL, problem, context.facts(), null);
      context.events().attemptEnded(context.attempts(), reply.status(), error);
      outer.completeExceptionally(error);
    }

    private void finish(Reply reply) {
      if (!outer.complete(reply)) {
        reply.discard();
      }
    }
  }

  /** Whether the attempt goes on at another address, as far as its status says. */
  static boolean leadsOn(Reply reply, CallContext context) {
    return context.settings().followsRedirects()
        && leadsOn(reply.status(), reply.header("Location").isPresent());
  }

  /** Whether such a response is answered by another request, so that its own body is of no use. */
  public static boolean leadsOn(int status, boolean hasLocation) {
    return hasLocation && isRedirect(status);
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static boolean becomesGet(HttpMethod method, int status) {
    if (status == 303) {
      return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
    }
    return (status == 301 || status == 302) && method.equals(HttpMethod.POST);
  }

  private static Optional<RequestUri> target(FetchRequest request, String location) {
    try {
      return Optional.of(RequestUri.resolve(request.uri().uri(), location));
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }
}
