package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.error.CallFacts;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.ReplyReader.Form;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.flight.SharedReply.Share;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * Lets identical GETs and HEADs that run at the same time share one call on the wire, if their
 * callers want that. Below here there is one call, with one set of attempts, permits and redirects;
 * above, each caller has its own future and its own deadline, and makes its own value, on a thread
 * of its own. The call on the wire goes on until its reply is here or its last caller has left; its
 * deadline is the latest of theirs.
 *
 * <p>Whoever wants the reply as it comes never shares it: a stream, a switch of protocols.
 */
public final class Flights {

  private final FlightTable<SharedCall, Seat> table = new FlightTable<>();
  private final LongAdder joined = new LongAdder();
  private final DecodeTurns turns;

  /**
   * The flights of one client.
   *
   * @param valuesAtOnce how many callers make their values at the same time
   */
  public Flights(int valuesAtOnce, Platform platform) {
    turns = new DecodeTurns(valuesAtOnce, platform);
  }

  /** The layer. */
  public Layer layer() {
    return next -> (request, context) -> send(next, request, context);
  }

  /** How many calls are on the wire that others may share. */
  public int running() {
    return table.size();
  }

  /** How many calls ever shared another one's answer. */
  public long joined() {
    return joined.sum();
  }

  /** How many decoders have not returned whose callers have left. */
  public int abandoned() {
    return turns.abandoned();
  }

  private CompletableFuture<Reply> send(Stage next, FetchRequest request, CallContext context) {
    if (!context.options().sharesFlights() || !mayBeShared(request, context)) {
      return next.sent(request, context);
    }
    Caller caller = new Caller(next, request, context);
    caller.board();
    return caller;
  }

  private static boolean mayBeShared(FetchRequest request, CallContext context) {
    HttpMethod method = request.method();
    Form form = context.reader().form();
    return (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD))
        && (form == Form.WHOLE || form == Form.WHOLE_WITH_ANY_STATUS);
  }

  /** One of those who share a call. */
  private final class Caller extends CallFuture<Reply> {

    private final Stage next;
    private final FetchRequest request;
    private final CallContext context;
    private boolean boardedAgain;

    private Caller(Stage next, FetchRequest request, CallContext context) {
      this.next = next;
      this.request = request;
      this.context = context;
    }

    private void board() {
      Seat seat = new Seat();
      FlightTable<SharedCall, Seat>.Flight flight =
          table.board(
              new FlightKey(request, context.options()), seat, () -> new SharedCall(context));
      seat.isIn(flight);
      context.shares(flight.call().context());
      if (flight.isStartedBy(seat)) {
        follow(seat, this::landed, this::failed);
        flight.call().start(next, request, flight::land);
      } else {
        flight.call().context().lastAtLeast(context.remaining());
        tellJoined();
        // Only now: nothing that ends the call may be told before that.
        follow(seat, this::landed, this::failed);
      }
    }

    private void tellJoined() {
      joined.increment();
      try {
        context.events().flightJoined();
      } catch (Throwable noMemory) {
        completeExceptionally(noMemory);
      }
    }

    private void landed(Share share) {
      run(turns.turn(this, share, () -> share.readFor(context)), DecodeTurns.Turn::start);
    }

    /** Not on the thread that tells all: what follows is this caller's, and may block. */
    private void failed(Throwable thrown) {
      if (!isEnding()) {
        context.platform().execute(() -> fail(thrown));
      }
    }

    private void fail(Throwable thrown) {
      try {
        if (thrown instanceof CancellationException) {
          cancel(false);
        } else if (isOthersDeadline(thrown)) {
          boardedAgain = true;
          board();
        } else {
          completeExceptionally(ownError(thrown));
        }
      } catch (Throwable again) {
        completeExceptionally(again);
      }
    }

    /** Who joins in the moment in which the flight's time is over has time left. */
    private boolean isOthersDeadline(Throwable thrown) {
      return isTotal(thrown) && !context.remaining().isZero() && !boardedAgain;
    }

    /** An error that no other caller has: what somebody adds to it, such as Await, is seen here. */
    private Throwable ownError(Throwable thrown) {
      if (!(thrown instanceof FetchError error)) {
        return thrown;
      }
      CallFacts shared = error.facts();
      CallFacts own =
          new CallFacts(
              shared.method(),
              shared.url(),
              shared.attempts(),
              context.elapsed(),
              shared.mayHaveBeenProcessed(),
              shared.proxy());
      return error.withFacts(own);
    }
  }

  private static boolean isTotal(Throwable thrown) {
    return thrown instanceof FetchTimeoutError timeout
        && timeout.phase() == FetchTimeoutError.Phase.TOTAL;
  }
}
