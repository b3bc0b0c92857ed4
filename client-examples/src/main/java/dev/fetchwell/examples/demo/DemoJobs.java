package dev.fetchwell.examples.demo;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A service that does numbered jobs, for a route with {@code {number}}. Fifteen of a hundred jobs
 * fail at first, with 503 or a reset connection, once or twice; a few hang the first time; a few
 * can never be done. A request whose {@code Idempotency-Key} has been here before does not do its
 * job again. Thread-safe.
 */
public final class DemoJobs implements Route {

  /** How a job ends if it is tried often enough. */
  public enum Fate {
    /** It is done. */
    DONE,
    /** Its service is broken: 503, however often it is asked. */
    BROKEN,
    /** It makes no sense: 422. */
    REFUSED
  }

  private final Map<Integer, Integer> requests = new ConcurrentHashMap<>();
  private final Map<String, Boolean> keys = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> effects = new ConcurrentHashMap<>();
  private final AtomicInteger repeated = new AtomicInteger();

  /** How a job ends. */
  public static Fate fate(int number) {
    return switch (number % 500) {
      case 250 -> Fate.BROKEN;
      case 499 -> Fate.REFUSED;
      default -> Fate.DONE;
    };
  }

  /** How often a job fails before it can be done. */
  public static int failures(int number) {
    boolean transientFailure = Math.floorMod(number * 7919, 100) < 15;
    return transientFailure ? 1 + number % 2 : 0;
  }

  private static boolean hangsAtFirst(int number) {
    return number % 200 == 77;
  }

  @Override
  public void handle(DemoExchange exchange) throws IOException {
    int number = Integer.parseInt(exchange.variable("number"));
    int request = requests.merge(number, 1, Integer::sum);
    if (fate(number) == Fate.REFUSED) {
      exchange.error(422, "job " + number + " makes no sense");
    } else if (fate(number) == Fate.BROKEN) {
      exchange.error(503, "job " + number + " cannot be done now");
    } else if (request == 1 && hangsAtFirst(number)) {
      exchange.stall();
    } else if (request <= failures(number)) {
      fail(exchange, number);
    } else {
      doIt(exchange, number);
    }
  }

  private static void fail(DemoExchange exchange, int number) throws IOException {
    if (number % 3 == 0) {
      exchange.reset();
    } else {
      exchange.error(503, "job " + number + " failed, and may be tried again");
    }
  }

  private void doIt(DemoExchange exchange, int number) throws IOException {
    String key = exchange.request().header("Idempotency-Key");
    if (key == null || keys.putIfAbsent(key, true) == null) {
      effects.merge(number, 1, Integer::sum);
    } else {
      repeated.incrementAndGet();
    }
    exchange.json(200, Map.of("number", number));
  }

  /** How many jobs have had their effect. */
  public int done() {
    return effects.size();
  }

  /** How often a job had its effect. */
  public int effects(int number) {
    return effects.getOrDefault(number, 0);
  }

  /** How many requests came with the key of a job that was done. */
  public int repeated() {
    return repeated.get();
  }
}
