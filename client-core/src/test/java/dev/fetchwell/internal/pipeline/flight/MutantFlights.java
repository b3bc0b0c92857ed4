package dev.fetchwell.internal.pipeline.flight;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/** {@link FlightTable}'s rules for one key with a fault each, to see whether a test finds it. */
final class MutantFlights {

  enum Fault {
    NONE,
    BOARDS_WHAT_HAS_ENDED,
    CANCELS_UNDER_PASSENGER
  }

  private final Fault fault;
  private final AtomicReference<Flight> current = new AtomicReference<>();

  MutantFlights(Fault fault) {
    this.fault = fault;
  }

  /** One flight; guarded by itself. */
  static final class Flight {

    private final Object starter;
    private final Set<Object> passengers = new LinkedHashSet<>();
    private boolean over;

    private Flight(Object starter) {
      this.starter = starter;
      passengers.add(starter);
    }

    Object starter() {
      return starter;
    }
  }

  Flight board(Object passenger) {
    while (true) {
      Flight known = current.get();
      if (known == null) {
        Flight begun = new Flight(passenger);
        if (current.compareAndSet(null, begun)) {
          return begun;
        }
      } else if (joins(known, passenger)) {
        return known;
      } else {
        current.compareAndSet(known, null);
      }
    }
  }

  private boolean joins(Flight flight, Object passenger) {
    synchronized (flight) {
      return (fault == Fault.BOARDS_WHAT_HAS_ENDED || !flight.over)
          && flight.passengers.add(passenger);
    }
  }

  boolean leave(Flight flight, Object passenger) {
    synchronized (flight) {
      if (flight.over || !flight.passengers.remove(passenger) || !flight.passengers.isEmpty()) {
        return false;
      }
      flight.over = fault != Fault.CANCELS_UNDER_PASSENGER;
    }
    synchronized (flight) {
      flight.over = true;
    }
    current.compareAndSet(flight, null);
    return true;
  }

  int land(Flight flight) {
    int told;
    synchronized (flight) {
      if (flight.over) {
        return 0;
      }
      flight.over = true;
      told = flight.passengers.size();
      flight.passengers.clear();
    }
    current.compareAndSet(flight, null);
    return told;
  }
}
