package dev.fetchwell.testing;

import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.error.InvalidRequestError;
import dev.fetchwell.error.UnexpectedError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.Attempt;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyHeaders;
import dev.fetchwell.internal.pipeline.WireTrace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/** One request on the fake wire, from its body to its reply; in the steps of a real one. */
final class FakeExchange {

  private final CallFuture<Reply> outer = new CallFuture<>();
  private final FetchRequest request;
  private final CallContext context;
  private final Attempt attempt;
  private final VirtualTime time;

  FakeExchange(FetchRequest request, CallContext context, VirtualTime time) {
    this.request = request;
    this.context = context;
    this.attempt = context.attempt();
    this.time = time;
  }

  CallFuture<Reply> run(Function<FakeRequest, FakeReply> server) {
    context.platform().execute(() -> guarded(() -> answer(server)));
    return outer;
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (FetchError known) {
      outer.completeExceptionally(known);
    } catch (Throwable thrown) {
      outer.completeExceptionally(new UnexpectedError(context.facts(), thrown));
    }
  }

  private void answer(Function<FakeRequest, FakeReply> server) {
    if (outer.isEnding()) {
      return;
    }
    FakeRequest received = new FakeRequest(request, body(), attempt.number(), Map.of());
    attempt.trace().markRequest(request);
    FakeReply reply = server.apply(received);
    Fault fault = reply.fault();
    if (fault == null || fault.comesAfterSending()) {
      attempt.trace().mark(WireTrace.Mark.SEND_START);
      attempt.markSent();
      attempt.trace().mark(WireTrace.Mark.SENT);
      attempt.markProtocol("http/1.1");
    }
    if (fault == Fault.NO_ANSWER) {
      return;
    }
    Duration wait =
        fault == Fault.CONNECT_TIMEOUT ? context.options().connectTimeout() : reply.latency();
    then(wait, () -> arrive(reply));
  }

  private void then(Duration wait, Runnable next) {
    if (wait.isZero()) {
      next.run();
    } else {
      outer.after(context.platform().delay(wait), () -> guarded(next));
    }
  }

  private byte[] body() {
    RequestBody body = request.body().orElse(null);
    if (body == null) {
      return new byte[0];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      body.writeTo(bytes);
    } catch (IOException unreadable) {
      throw new InvalidRequestError(
          "its body cannot be read: " + unreadable, context.facts(), unreadable);
    }
    attempt.markWritten(bytes.size());
    return bytes.toByteArray();
  }

  private void arrive(FakeReply reply) {
    Fault fault = reply.fault();
    if (fault != null) {
      throw error(fault);
    }
    attempt.markStatus(reply.status());
    ReplyHeaders headers = ReplyHeaders.of(reply.headers());
    attempt.trace().markHeaders(headers);
    attempt.trace().mark(WireTrace.Mark.HEADERS);
    boolean leadsOn = Reply.leadsOn(reply.status(), headers.first("Location") != null, context);
    if (leadsOn) {
      outer.complete(Reply.whole(reply.status(), headers, request.url(), new byte[0]));
    } else if (context.isStreaming() && reply.status() < 400) {
      FakeBody body = new FakeBody(reply, context, time);
      outer.complete(Reply.open(reply.status(), headers, request.url(), body));
    } else {
      then(FakeBody.duration(reply, method()), () -> whole(reply, headers));
    }
  }

  private String method() {
    return request.method().name();
  }

  private void whole(FakeReply fake, ReplyHeaders headers) {
    if (fake.isCut()) {
      throw error(Fault.CONNECTION_RESET);
    }
    byte[] bytes = limited(FakeBody.whole(fake, method()), fake.status());
    attempt.markReceived(bytes.length);
    attempt.trace().mark(WireTrace.Mark.RECEIVED);
    int wanted = Math.min(context.events().bodyBytes(), bytes.length);
    if (wanted > 0) {
      attempt.trace().markBody(Arrays.copyOf(bytes, wanted));
    }
    Reply reply = Reply.whole(fake.status(), headers, request.url(), bytes);
    if (context.readsNow(reply)) {
      reply.read(context);
      attempt.trace().mark(WireTrace.Mark.DECODED);
    }
    outer.complete(reply);
  }

  private byte[] limited(byte[] bytes, int status) {
    long limit = context.options().maxResponseBytes();
    if (status < 400 || context.wantsAnyStatus()) {
      if (bytes.length > limit) {
        throw new BodyTooLargeError(limit, context.facts());
      }
      return bytes;
    }
    int most = (int) Math.min(limit, HttpStatusError.MAX_BODY_BYTES);
    return bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
  }

  private FetchError error(Fault fault) {
    return fault == Fault.CONNECT_TIMEOUT
        ? new FetchTimeoutError(
            FetchTimeoutError.Phase.CONNECT,
            context.options().connectTimeout(),
            context.facts(),
            null)
        : new ConnectionError(
            fault.kind(),
            request.host() + ": " + fault + " of a fake server",
            context.facts(),
            null);
  }
}
