package dev.fetchwell.internal.transport;

import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HeaderMap;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.internal.concurrent.CallFuture;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallSettings;
import dev.fetchwell.internal.pipeline.RedirectStage;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The wire. Each request has a thread of its own while it is sent and answered, so a blocked read
 * holds up nothing else; cancelling closes its socket or resets its stream, which ends that read.
 */
public final class OkHttpStage implements Stage {

  private final OkHttpClient pooled;
  private final OkHttpClient fresh;
  private final Executor executor;

  /** Sends through the transport, each call on a thread of the executor. */
  public OkHttpStage(Transport transport, Executor executor) {
    this.pooled = transport.pooled();
    this.fresh = transport.fresh();
    this.executor = executor;
  }

  @Override
  public CompletableFuture<Reply> send(FetchRequest request, CallContext context) {
    CallFuture<Reply> outer = new CallFuture<>();
    WireCall wire =
        new WireCall(context.attempt(), context.timer(), context.settings().timeouts().connect());
    try {
      Request translated = OkHttpRequests.from(request, wire);
      Call call = client(context).newCall(translated);
      call.addEventListener(wire);
      outer.givesUp(call::cancel);
      executor.execute(() -> exchange(request, context, new Exchange(call, wire, outer)));
    } catch (IllegalArgumentException refusedByOkHttp) {
      // Its text may quote a header, so it is not passed on.
      outer.completeExceptionally(
          new InvalidRequestError("its URL is not accepted", context.facts(), null));
    } catch (RuntimeException | OutOfMemoryError noThread) {
      outer.completeExceptionally(new UnexpectedError(context.facts().notProcessed(), noThread));
    }
    return outer;
  }

  private OkHttpClient client(CallContext context) {
    return context.attempt().needsFreshConnection() ? fresh : pooled;
  }

  private record Exchange(Call call, WireCall wire, CallFuture<Reply> outer) {}

  @SuppressWarnings("PMD.AvoidCatchingThrowable")
  private static void exchange(FetchRequest request, CallContext context, Exchange exchange) {
    if (exchange.outer().isEnding()) {
      return;
    }
    Reply reply;
    try {
      reply = receive(request.uri(), context, exchange);
    } catch (Throwable thrown) {
      // OkHttp throws unchecked exceptions at some malformed responses; only cancelling then frees
      // the socket. Whatever it is, the future must end.
      exchange.call().cancel();
      exchange
          .outer()
          .completeExceptionally(OkHttpFailures.toError(thrown, exchange.wire(), context));
      return;
    }
    // From here on the reply owns the call; a late cancel is answered by discarding the reply.
    exchange.outer().givesUpNothing();
    if (!exchange.outer().complete(reply)) {
      reply.discard();
    }
  }

  @SuppressWarnings("MustBeClosedChecker")
  private static Reply receive(RequestUri uri, CallContext context, Exchange exchange)
      throws IOException {
    Call call = exchange.call();
    Response response = call.execute();
    boolean handedOver = false;
    try {
      Map<String, List<String>> headers = headers(response, exchange.wire());
      CallSettings settings = context.settings();
      if (settings.streaming() && isWanted(response)) {
        OkHttpBody body = new OkHttpBody(call, response, exchange.wire(), context);
        handedOver = true;
        return Reply.open(response.code(), headers, uri, body);
      }
      byte[] bytes = readBody(response, settings, call);
      return Reply.whole(exchange.wire().statusOf(response), headers, uri, bytes);
    } finally {
      if (!handedOver) {
        response.close();
      }
    }
  }

  private static boolean isWanted(Response response) {
    int status = response.code();
    return status < 400 && !RedirectStage.leadsOn(status, response.header("Location") != null);
  }

  private static byte[] readBody(Response response, CallSettings settings, Call call)
      throws IOException {
    BufferedSource source = response.body().source();
    long limit = settings.maxResponseBytes();
    boolean onlyForError = response.code() >= 400 && !settings.keepsErrorBody();
    if (onlyForError) {
      limit = Math.min(limit, HttpStatusError.MAX_BODY_BYTES);
    }
    boolean announced = !onlyForError && response.body().contentLength() > limit;
    boolean over = limit < Long.MAX_VALUE && (announced || source.request(limit + 1));
    if (!over) {
      return source.readByteArray();
    }
    // Closing would first read on for a while in the hope of reusing the connection.
    byte[] start = onlyForError ? source.readByteArray(limit) : new byte[0];
    call.cancel();
    if (onlyForError) {
      return start;
    }
    throw new OkHttpFailures.TooLarge(limit);
  }

  private static Map<String, List<String>> headers(Response response, WireCall wire) {
    Map<String, List<String>> received = response.headers().toMultimap();
    @Nullable String retryAfter = wire.hiddenRetryAfter();
    if (retryAfter == null) {
      return HeaderMap.copyOf(received);
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(received);
    headers.put("Retry-After", List.of(retryAfter));
    return HeaderMap.copyOf(headers);
  }
}
