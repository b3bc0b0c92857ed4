package dev.fetchwell.examples.resilience;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.batch.Batch;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.examples.quickstart.Section;
import dev.fetchwell.policy.AdaptiveLimit;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** The number of calls that run at once to a host follows how it does. */
final class Adapting implements Section {

  private static final int CALLS = 400;

  /** The limit looks at windows of time, and how many calls fit into one depends on the machine. */
  private static final int MOST_BATCHES = 20;

  private static final int FLOOR = 2;

  @Override
  public String title() {
    return "Adaptive limit: the calls at once follow how the host does";
  }

  @Override
  public void show(DemoServer server, Report report) {
    try (AsyncHttpClient client =
        Recorded.builder()
            .baseUrl(server.baseUrl())
            .adaptiveLimit(AdaptiveLimit.between(FLOOR, 64))
            .build()) {
      Batch.of(Collections.nCopies(CALLS, "/users/9"), client::getString).all().join();
      int healthy = limit(client);
      report.claim("of a host that does well it is " + healthy, healthy >= FLOOR && healthy <= 64);

      List<String> overload = Collections.nCopies(CALLS, "/status/503");
      int overloaded = healthy;
      for (int i = 0; i < MOST_BATCHES && overloaded > FLOOR && overloaded >= healthy; i++) {
        Batch.of(overload, path -> client.get(path).noRetry().asString()).settled().join();
        overloaded = limit(client);
      }
      report.claim(
          "of one that answers 503 it is " + overloaded,
          overloaded == FLOOR || overloaded < healthy);
    }
  }

  private static int limit(AsyncHttpClient client) {
    Collection<Integer> limits = client.stats().resilience().limits().values();
    return limits.isEmpty() ? 0 : limits.iterator().next();
  }
}
