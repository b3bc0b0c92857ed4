package dev.fetchwell.internal.pipeline.redirect;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Following;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.internal.text.WebSocketUrl;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Follows redirects as the <a href="https://fetch.spec.whatwg.org/#http-redirect-fetch">Fetch
 * standard</a> does: at most 20, never from https to http, and nothing secret to another origin.
 *
 * <p>It stands above the retries, so that each hop has its own host's permit and budget, and a
 * failing hop does not repeat the ones before it.
 */
public final class Redirects implements Stage {

  private static final int MAX_REDIRECTS = 20;

  private final Stage next;

  private Redirects(Stage next) {
    this.next = next;
  }

  /** The layer. */
  public static Layer layer() {
    return Redirects::new;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    Hops hops = new Hops(request, context);
    hops.send();
    return hops;
  }

  /** The hops of one request, one after the other; what changes is the calling thread's. */
  private final class Hops extends CallFuture<Reply> implements Following<Reply> {

    private final CallContext context;
    private FetchRequest request;
    private int redirects;

    private Hops(FetchRequest request, CallContext context) {
      this.request = request;
      this.context = context;
    }

    private void send() {
      follow(next.sent(request, context), this);
    }

    @Override
    public void failed(Throwable thrown) {
      completeExceptionally(thrown);
    }

    @Override
    public void succeeded(Reply reply) {
      if (!reply.leadsOn(context)) {
        complete(reply);
        return;
      }
      URI target = target(request, reply, context);
      if (target == null) {
        refuse("redirect to what is not an http(s) URL", reply);
      } else if (RequestUri.isSecure(request.url()) && !RequestUri.isSecure(target)) {
        refuse("redirect from https to http is not followed", reply);
      } else if (redirects == MAX_REDIRECTS) {
        refuse("more than " + MAX_REDIRECTS + " redirects", reply);
      } else if (!isEnding()) {
        boolean asGet = becomesGet(request.method(), reply.status());
        if (asGet) {
          context.addProcessedHop();
        }
        context.events().redirected(context.attempt(), reply.status(), target);
        request = request.redirectedTo(target, asGet);
        redirects++;
        send();
      }
    }

    private void refuse(String problem, Reply reply) {
      if (context.isForSeveral()) {
        reply.addFlaw(caller -> caller.wantsAnyStatus() ? null : refused(problem, caller));
      }
      if (context.wantsAnyStatus() || context.isForSeveral()) {
        context.events().attemptEnded(context.attempt(), reply.status(), null);
        complete(reply);
        return;
      }
      ConnectionError error = refused(problem, context);
      context.events().attemptEnded(context.attempt(), reply.status(), error);
      completeExceptionally(error);
    }
  }

  private static ConnectionError refused(String problem, CallContext context) {
    return new ConnectionError(ConnectionError.Kind.PROTOCOL, problem, context.facts(), null);
  }

  private static boolean becomesGet(HttpMethod method, int status) {
    if (status == 303) {
      return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
    }
    return (status == 301 || status == 302) && method.equals(HttpMethod.POST);
  }

  private static @Nullable URI target(FetchRequest request, Reply reply, CallContext context) {
    String location = reply.header("Location");
    if (location == null) {
      return null;
    }
    try {
      String target = context.wantsUpgrade() ? WebSocketUrl.asHttp(location) : location;
      return RequestUri.resolve(request.url(), target).uri();
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }
}
