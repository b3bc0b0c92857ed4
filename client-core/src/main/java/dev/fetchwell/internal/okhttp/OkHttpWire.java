package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Wire;
import dev.fetchwell.internal.text.RecentUrls;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;

/**
 * The wire. Each request has a thread of its own while it is sent and answered, so a blocked read
 * holds up nothing else; cancelling closes its socket or resets its stream, which ends that read.
 */
public final class OkHttpWire implements Wire {

  private final Transport transport;
  private final WireLimits limits;
  private final RecentUrls<HttpUrl> urls = new RecentUrls<>(HttpUrl::get);

  /**
   * Sends through the transport.
   *
   * @param maxResponseBytes what a body may have unless its request says otherwise
   */
  public OkHttpWire(Transport transport, WireSettings settings, long maxResponseBytes) {
    this.transport = transport;
    this.limits = WireLimits.of(settings, maxResponseBytes);
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    WireCall wire = new WireCall(request, context, transport, limits);
    wire.attempt().trace().markRequest(request);
    try {
      Request translated = OkHttpRequests.from(request, urls.get(request.url().toString()), wire);
      OkHttpClient client = client(context);
      if (ExpectContinue.isSetOn(request)) {
        if (ExpectContinue.isPossible(client, translated.isHttps())) {
          client = ExpectContinue.client(transport.fresh(), translated.isHttps());
        } else {
          translated = ExpectContinue.without(translated);
        }
      }
      Call call = client.newCall(translated);
      call.addEventListener(wire);
      if (context.events().isHeard()) {
        call.addEventListener(new TracedCall(wire.attempt().trace()));
      }
      outer.run(
          new Exchange(call, wire, request.url(), context, outer, transport, limits),
          Exchange::start);
    } catch (IllegalArgumentException refusedByOkHttp) {
      // Its text may quote a header, so it is not passed on.
      outer.completeExceptionally(
          new InvalidRequestError("its URL is not accepted", context.facts(), null));
    } catch (Throwable thrown) {
      outer.completeExceptionally(thrown);
    }
    return outer;
  }

  @Override
  public int openConnections() {
    return transport.openConnections();
  }

  @Override
  public int idleConnections() {
    return transport.idleConnections();
  }

  @Override
  public void close() {
    transport.close();
  }

  private OkHttpClient client(CallContext context) {
    if (context.wantsUpgrade()) {
      return transport.upgrading();
    }
    Attempt attempt = context.attempt();
    return attempt.needsFreshConnection()
        ? transport.fresh()
        : transport.pooled(attempt.numberAtHost());
  }
}
