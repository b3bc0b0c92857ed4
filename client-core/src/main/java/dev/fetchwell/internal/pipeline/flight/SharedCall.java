package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Cancellable;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallStart;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader;
import dev.fetchwell.internal.pipeline.Stage;
import java.util.List;
import java.util.function.Supplier;

/** A call on the wire that several callers share, with a context of its own. */
final class SharedCall implements Cancellable {

  /** Wants the body as it is; the callers' own readers make something of it. */
  private static final ReplyReader<Reply> AS_IT_IS =
      new ReplyReader<>() {

        @Override
        public Form form() {
          return Form.SHARED;
        }

        @Override
        public String accept() {
          return "";
        }

        @Override
        public Reply read(Reply reply, CallContext context) {
          return reply;
        }
      };

  private final CallFuture<Reply> wire = new CallFuture<>();
  private final CallContext context;

  /** Of the call that begins it: until that is made, its exchange waits. */
  private final CallStart made;

  /** A call that is not sent yet, for whoever begins it. */
  SharedCall(CallContext starter) {
    context = starter.flight(AS_IT_IS);
    made = starter.start();
  }

  CallContext context() {
    return context;
  }

  /**
   * Sends it.
   *
   * @param landing ends the flight and gives its callers, of whom each is told then; called once
   */
  void start(Stage next, FetchRequest request, Supplier<List<Seat>> landing) {
    CallFuture<Reply> link = new CallFuture<>();
    link.follow(
        wire,
        reply -> handOut(reply, landing.get()),
        thrown -> landing.get().forEach(seat -> seat.completeExceptionally(thrown)));
    try {
      if (!wire.isEnding()) {
        context.start().begin();
        wire.follow(next.sent(request, context));
      }
    } catch (Throwable noMemory) {
      wire.completeExceptionally(noMemory);
    } finally {
      made.then(context.start()::end);
    }
  }

  private static void handOut(Reply reply, List<Seat> callers) {
    if (callers.isEmpty()) {
      reply.cancel();
      return;
    }
    try {
      SharedReply shared = new SharedReply(reply, callers.size());
      callers.forEach(seat -> seat.complete(shared.share()));
    } catch (Throwable noMemory) {
      reply.cancel();
      callers.forEach(seat -> seat.completeExceptionally(noMemory));
    }
  }

  /** Nobody is left who wants it. */
  @Override
  public void cancel() {
    wire.cancel();
  }
}
