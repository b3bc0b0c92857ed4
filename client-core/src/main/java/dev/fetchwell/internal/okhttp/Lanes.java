package dev.fetchwell.internal.okhttp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/**
 * The process-wide pool in parts. OkHttp walks through all connections of a pool for each call, and
 * locks each of them when it looks for those that were idle for long: with 8,000 connections that
 * is a third of what a call costs. So each lot of 64 of a host's permits has a pool of its own. A
 * call finds the idle connection of one before it, as that had the same number. Fewer than 64 in a
 * lot are slower. Thread-safe.
 *
 * <p>Clients of all are alike but for the pool and the dispatcher, whose lock would be the next
 * thing that all calls wait for.
 */
final class Lanes {

  private static final int WIDTH = 64;
  private static final int IDLE_SECONDS = 60;

  private final OkHttpClient first;

  /** Those beside the first; replaced as a whole, under this. */
  private volatile List<OkHttpClient> others = List.of();

  /**
   * One lane, until more are needed.
   *
   * @param client what all are like
   */
  Lanes(OkHttpClient.Builder client) {
    first = client.dispatcher(dispatcher()).connectionPool(pool()).build();
  }

  /**
   * The number of idle connections is not limited, as it can never be more than the bulkheads let
   * be in use; they go after a minute without use.
   */
  private static ConnectionPool pool() {
    return new ConnectionPool(Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS);
  }

  /** Its default of 5 per host would be a second bulkhead behind ours, outside every timeout. */
  private static Dispatcher dispatcher() {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return dispatcher;
  }

  OkHttpClient first() {
    return first;
  }

  /** The lane of a host's permit, by its number. */
  OkHttpClient of(int number) {
    int index = number / WIDTH - 1;
    if (index < 0) {
      return first;
    }
    List<OkHttpClient> known = others;
    return index < known.size() ? known.get(index) : added(index);
  }

  private synchronized OkHttpClient added(int index) {
    if (index >= others.size()) {
      List<OkHttpClient> more = new ArrayList<>(others);
      while (more.size() <= index) {
        more.add(first.newBuilder().dispatcher(dispatcher()).connectionPool(pool()).build());
      }
      others = List.copyOf(more);
    }
    return others.get(index);
  }

  int idleConnections() {
    int sum = first.connectionPool().idleConnectionCount();
    for (OkHttpClient lane : others) {
      sum += lane.connectionPool().idleConnectionCount();
    }
    return sum;
  }

  /** Closes the idle connections of all. */
  void evictAll() {
    first.connectionPool().evictAll();
    others.forEach(lane -> lane.connectionPool().evictAll());
  }
}
