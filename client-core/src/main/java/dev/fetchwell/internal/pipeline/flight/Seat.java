package dev.fetchwell.internal.pipeline.flight;

import dev.fetchwell.internal.async.CallFuture;
import dev.fetchwell.internal.pipeline.flight.SharedReply.Share;
import org.jspecify.annotations.Nullable;

/**
 * A caller's place in a flight; ends with its share of the reply. A share that comes when the
 * caller has left goes back by itself, as a late value does.
 */
final class Seat extends CallFuture<Share> {

  private volatile FlightTable<SharedCall, Seat>.@Nullable Flight flight;

  /** In which flight it is; before anybody can leave it. */
  void isIn(FlightTable<SharedCall, Seat>.Flight boarded) {
    flight = boarded;
  }

  @Override
  protected void givenUp() {
    FlightTable<SharedCall, Seat>.Flight left = flight;
    if (left != null && left.leave(this)) {
      left.call().cancel();
    }
  }
}
