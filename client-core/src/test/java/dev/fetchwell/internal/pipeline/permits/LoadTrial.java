package dev.fetchwell.internal.pipeline.permits;

import static dev.fetchwell.testkit.TestCalls.options;

import dev.fetchwell.error.BulkheadFullError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.pipeline.CallContext;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.pipeline.Layer;
import dev.fetchwell.internal.pipeline.Reply;
import dev.fetchwell.internal.pipeline.Stage;
import dev.fetchwell.internal.pipeline.time.AttemptTimeout;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.testkit.TestCalls;
import dev.fetchwell.testkit.VirtualPlatform;
import dev.fetchwell.testkit.VirtualTimer;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Callers that come at random, at a rate that does not ask how the server does, through the permits
 * of one host to a server on virtual time. A call waits for a permit a second at most, and a second
 * for its answer.
 */
final class LoadTrial {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int PLACES = 500;

  final SimulatedServer server;
  final Permits permits;

  private final VirtualTimer timer = new VirtualTimer();
  private final Platform platform = VirtualPlatform.of(timer);
  private final CallOptions options = options().attemptTimeout(PATIENCE).queueTimeout(PATIENCE);
  private final FetchRequest request = TestCalls.to("http://server/", "GET");
  private final Stage stage;
  private final Random arrivals;
  private final List<Double> successes = new ArrayList<>();
  private final List<Integer> limits = new ArrayList<>();
  private double perSecond;
  private long total;
  private long rejected;
  private long failed;

  /** When each success came, in seconds since the start. */
  private final List<Double> times = new ArrayList<>();

  LoadTrial(int most, @Nullable AdaptiveLimit adaptive, int capacity, long seed) {
    permits =
        new Permits(
            new PermitLimits(1024, most, PLACES, PLACES),
            adaptive,
            BulkheadRegistry.ofDefaults(),
            platform);
    server = new SimulatedServer(timer, capacity, seed);
    arrivals = new Random(31 * seed + 7);
    stage = Layer.onto(server, List.of(permits.layer(), AttemptTimeout.layer()));
  }

  /** Lets callers come for a time. */
  void run(double callsPerSecond, Duration time) {
    boolean first = perSecond == 0;
    perSecond = callsPerSecond;
    if (first) {
      next();
      watch();
    }
    timer.advance(time);
  }

  private void next() {
    double seconds = -Math.log(1 - arrivals.nextDouble()) / perSecond;
    var unused = timer.schedule(Duration.ofNanos((long) (seconds * 1e9)), this::arrive);
  }

  private void arrive() {
    next();
    total++;
    CallContext context = TestCalls.context(request, options, ReplyReaders.BYTES, platform);
    context.beginAttempt(false, false);
    double start = seconds();
    var unused =
        stage.sent(request, context).whenComplete((reply, thrown) -> ended(start, reply, thrown));
  }

  private void ended(double start, @Nullable Reply reply, @Nullable Throwable thrown) {
    FetchError error = FetchError.of(thrown);
    if (reply != null && reply.status() == 200) {
      successes.add(seconds() - start);
      times.add(seconds());
    } else if (error instanceof BulkheadFullError || isQueueTimeout(error)) {
      rejected++;
    } else {
      failed++;
    }
  }

  private static boolean isQueueTimeout(@Nullable FetchError error) {
    return error instanceof FetchTimeoutError timeout
        && timeout.phase() == FetchTimeoutError.Phase.QUEUE;
  }

  private void watch() {
    limits.add(limit());
    var unused = timer.schedule(Duration.ofMillis(100), this::watch);
  }

  int limit() {
    return permits.adaptiveLimits().getOrDefault("server", 0);
  }

  double seconds() {
    return timer.elapsed().toNanos() / 1e9;
  }

  /** Successes a second. */
  double goodput() {
    return successes.size() / seconds();
  }

  /** Of successful calls with their wait, in milliseconds. */
  double percentile(double share) {
    List<Double> sorted = new ArrayList<>(successes);
    Collections.sort(sorted);
    return 1000 * sorted.get((int) (share * (sorted.size() - 1)));
  }

  /** The share of calls that found no place, or waited in vain. */
  double rejected() {
    return (double) rejected / total;
  }

  /** The share of calls that were sent in vain. */
  double failed() {
    return (double) failed / total;
  }

  double meanLimit() {
    return limits.stream().mapToInt(Integer::intValue).average().orElse(0);
  }

  /**
   * Seconds from a moment until a second begins with so many successes; infinite if none does until
   * another moment.
   */
  double secondsUntil(double perSecondAgain, double from, double to) {
    for (double start = from; start + 1 <= to; start += 0.1) {
      double begin = start;
      long count = times.stream().filter(time -> time >= begin && time < begin + 1).count();
      if (count >= perSecondAgain) {
        return start - from;
      }
    }
    return Double.POSITIVE_INFINITY;
  }
}
