package dev.fetchwell.internal.pipeline.flight;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The flights that run, by what makes calls identical, and who is in them. Thread-safe.
 *
 * <p>A flight is over once it has landed, or its last passenger has left, whichever comes first. It
 * is over before it leaves the table, and has left the table before anybody hears of its end. So
 * whoever finds one that is over knows that it is of no use any longer, takes it out and begins
 * another: nobody boards what has ended, and nobody waits for its end.
 *
 * <p>The lock of a flight guards a few assignments; nobody is called under it.
 *
 * @param <C> the call of a flight
 * @param <P> a passenger
 */
final class FlightTable<C, P> {

  private final ConcurrentHashMap<Object, Flight> flights = new ConcurrentHashMap<>();

  FlightTable() {}

  /**
   * Boards the flight that runs, or one that begins with this passenger, who has to start it.
   *
   * @param newCall makes the call of a flight; one that it made may be dropped unused
   */
  Flight board(Object key, P passenger, Supplier<C> newCall) {
    while (true) {
      Flight known = flights.get(key);
      if (known == null) {
        Flight begun = new Flight(key, newCall.get(), passenger);
        known = flights.putIfAbsent(key, begun);
        if (known == null) {
          return begun;
        }
      }
      if (known.join(passenger)) {
        return known;
      }
      flights.remove(key, known);
    }
  }

  /** How many flights run. */
  int size() {
    return flights.size();
  }

  /** One call for several passengers. */
  final class Flight {

    private final Object key;
    private final C call;
    private final P starter;

    /** In the order in which they came; guarded by this, as is the next. */
    private final Set<P> passengers = new LinkedHashSet<>();

    private boolean over;

    private Flight(Object key, C call, P starter) {
      this.key = key;
      this.call = call;
      this.starter = starter;
      passengers.add(starter);
    }

    C call() {
      return call;
    }

    boolean isStartedBy(P passenger) {
      return starter == passenger;
    }

    private synchronized boolean join(P passenger) {
      return !over && passengers.add(passenger);
    }

    /** Leaves; whether that was the last one, so that the call is of no use to anybody. */
    boolean leave(P passenger) {
      synchronized (this) {
        if (over || !passengers.remove(passenger) || !passengers.isEmpty()) {
          return false;
        }
        over = true;
      }
      flights.remove(key, this);
      return true;
    }

    /** The call has ended: all who are still in it, of whom each has to be told; only once. */
    List<P> land() {
      List<P> all;
      synchronized (this) {
        if (over) {
          return List.of();
        }
        over = true;
        all = List.copyOf(passengers);
        passengers.clear();
      }
      flights.remove(key, this);
      return all;
    }
  }
}
