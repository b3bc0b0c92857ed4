package dev.fetchwell.internal.okhttp;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.internal.async.ByteBudget;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.WireTrace;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, on a thread of their own. Cancelling it makes the thread return
 * soon; the future has ended by then, so whatever comes afterwards is dropped.
 */
final class Exchange implements Cancellable, Runnable {

  /** What an error keeps of a body. */
  private static final int START = HttpStatusError.MAX_BODY_BYTES;

  /** How long a thread may stay in a write that was given up before its connection is closed. */
  private static final Duration STUCK = Duration.ofSeconds(1);

  private final Call call;
  private final WireCall wire;
  private final URI url;
  private final CallContext context;
  private final CallFuture<Reply> outer;
  private final Transport transport;
  private final WireLimits limits;

  /** What its body takes of the client's memory for bodies. */
  private final ByteBudget.Share room;

  /** From when on the reply owns the call; a late cancel is answered by giving up the reply. */
  private volatile boolean handedOver;

  /** Whether the thread is in it. */
  private volatile boolean running;

  private volatile @Nullable Cancellable stuckTimer;
  private volatile long startedNanos;

  Exchange(
      Call call,
      WireCall wire,
      URI url,
      CallContext context,
      CallFuture<Reply> outer,
      Transport transport,
      WireLimits limits) {
    this.call = call;
    this.wire = wire;
    this.url = url;
    this.context = context;
    this.outer = outer;
    this.transport = transport;
    this.limits = limits;
    this.room = limits.buffered().share();
  }

  /** Begins on a thread of its own, once the thread that makes the call is done with it. */
  void start() {
    context.start().then(this);
  }

  /** Begins now. */
  @Override
  public void run() {
    try {
      context.platform().takeOver(context, this::exchange);
    } catch (Throwable noThread) {
      outer.completeExceptionally(new UnexpectedError(context.facts().notProcessed(), noThread));
    }
  }

  private void exchange() {
    Reply reply = null;
    Throwable failure = null;
    wire.attempt().exchangeBegins();
    running = true;
    try {
      ConnectionWatches.awaitSettled(call.request().url());
      if (outer.isEnding()) {
        return;
      }
      startedNanos = nanoTime();
      reply = receive();
      wire.attempt().trace().mark(WireTrace.Mark.RECEIVED);
      // Nobody needs the value of one that was given up, such as beside a faster one.
      if (context.readsNow(reply) && !outer.isEnding()) {
        read(reply);
        wire.attempt().trace().mark(WireTrace.Mark.DECODED);
      }
    } catch (Throwable thrown) {
      failure = thrown;
    } finally {
      handedOver = true;
      running = false;
      giveRoomBack(failure == null ? reply : null);
      wire.leaveLine();
      stopStuckTimer();
      wire.attempt().exchangeReturned();
    }
    if (failure == null && reply != null) {
      outer.complete(reply);
    } else if (failure != null) {
      if (reply != null) {
        reply.cancel();
      }
      outer.completeExceptionally(failure);
    }
  }

  /** Once its value is made, or it has none. What the caller keeps of it is the caller's. */
  private void giveRoomBack(@Nullable Reply reply) {
    if (reply != null && context.isForSeveral()) {
      reply.whenEnded(room::cancel);
    } else {
      room.cancel();
    }
  }

  /** Callers' code, which may throw anything: that is not the connection's fault. */
  private void read(Reply reply) {
    try {
      reply.read(context);
    } catch (FetchError known) {
      throw known;
    } catch (Throwable thrown) {
      throw new UnexpectedError(context.facts(), thrown);
    }
  }

  private Reply receive() {
    try {
      return execute();
    } catch (Throwable thrown) {
      // OkHttp throws unchecked exceptions at some malformed responses; only cancelling then frees
      // the socket.
      transport.cancel(call, context.platform());
      wire.use().leave();
      OkHttpUpgraded lost = wire.upgraded();
      if (lost != null) {
        lost.cancel();
      }
      throw OkHttpFailures.toError(thrown, wire, context);
    }
  }

  @SuppressWarnings("MustBeClosedChecker")
  private Reply execute() throws IOException {
    Response response = call.execute();
    boolean open = false;
    try {
      OkHttpHeaders headers = new OkHttpHeaders(response.headers(), wire.hiddenRetryAfter());
      int status = wire.statusOf(response);
      wire.attempt().trace().markHeaders(headers);
      if (status == OkHttpUpgraded.SWITCHING_PROTOCOLS) {
        return Reply.upgraded(status, headers, url, upgraded());
      }
      if (leadsOn(status, headers)) {
        // Nobody gets its body, so it is neither read nor measured.
        return Reply.whole(status, headers, url, new byte[0]);
      }
      if (context.isStreaming() && status < 400) {
        OkHttpBody body = new OkHttpBody(call, response, wire, context, transport);
        open = true;
        return Reply.open(status, headers, url, body);
      }
      if (context.isForSeveral()) {
        return forSeveral(response, status, headers);
      }
      return Reply.whole(status, headers, url, readBody(response, status));
    } finally {
      if (!open) {
        response.close();
        wire.use().leave();
      }
    }
  }

  /** An error page that is too long is one only to those who want all of it. */
  private Reply forSeveral(Response response, int status, OkHttpHeaders headers)
      throws IOException {
    if (status < 400) {
      return Reply.held(status, headers, url, readBody(response, status));
    }
    BufferedBody body = body(response);
    Reply reply =
        Reply.whole(status, headers, url, readBody(body, all -> all.wholeOrStart(limit(), START)));
    OkHttpFailures.TooLarge tooLarge = body.tooLarge();
    if (tooLarge != null) {
      reply.addFlaw(caller -> caller.wantsAnyStatus() ? tooLarge.error(caller) : null);
    }
    return reply;
  }

  private OkHttpUpgraded upgraded() throws ProtocolException {
    OkHttpUpgraded connection = wire.upgraded();
    if (connection == null) {
      // Without `Connection: Upgrade` in the answer, or by an interceptor of the caller's.
      throw new ProtocolException("status 101 without a connection");
    }
    return connection;
  }

  private boolean leadsOn(int status, OkHttpHeaders headers) {
    return Reply.leadsOn(status, headers.first("Location") != null, context);
  }

  private byte[] readBody(Response response, int status) throws IOException {
    return readBody(
        body(response),
        body ->
            status < 400 || context.wantsAnyStatus()
                ? body.whole(limit())
                : body.start((int) Math.min(limit(), START)));
  }

  private long limit() {
    return context.options().maxResponseBytes();
  }

  private BufferedBody body(Response response) {
    return new BufferedBody(response.body(), room, limits, wire.attempt());
  }

  /** How much of a body is read. */
  private interface Reading {

    byte[] of(BufferedBody body) throws IOException;
  }

  private byte[] readBody(BufferedBody body, Reading reading) throws IOException {
    boolean whole = false;
    try {
      byte[] bytes = reading.of(body);
      whole = !body.isCutOff();
      show(bytes);
      return bytes;
    } finally {
      if (!whole) {
        // Closing would first read on for a while in the hope of reusing the connection.
        transport.cancel(call, context.platform());
      }
    }
  }

  private void show(byte[] bytes) {
    int wanted = Math.min(context.events().bodyBytes(), bytes.length);
    if (wanted > 0) {
      wire.attempt().trace().markBody(Arrays.copyOf(bytes, wanted));
    }
  }

  @Override
  public void cancel() {
    if (handedOver) {
      return;
    }
    room.cancel();
    wire.leaveLine();
    transport.cancel(call, context.platform(), doubtConnection());
    if (running) {
      // Cancelling ends reads and waits at once, but not a write into a socket that the peer no
      // longer reads from: in HTTP/2 that also keeps every other call from the connection.
      stuckTimer = context.platform().timer().schedule(STUCK, this::closeIfStuck);
      if (!running) {
        stopStuckTimer();
      }
    }
  }

  /** Also if it is its caller who waits no longer: many set time limits of their own. */
  private Runnable doubtConnection() {
    CallOptions options = context.options();
    Duration limit =
        options.attemptTimeout().compareTo(options.timeout()) < 0
            ? options.attemptTimeout()
            : options.timeout();
    Duration patience = OkHttpBody.patience(limit);
    boolean waitedLong = running && nanoTime() - startedNanos >= patience.toNanos();
    return waitedLong || context.remaining().isZero()
        ? wire.use().waitedInVain(patience, context.platform())
        : ConnectionWatch.NOTHING;
  }

  private long nanoTime() {
    return context.platform().timer().nanoTime();
  }

  private void stopStuckTimer() {
    Cancellable timer = stuckTimer;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void closeIfStuck() {
    if (running) {
      context.platform().continuations().execute(wire::closeIfWriting);
    }
  }
}
