package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.stream.EventStream;
import dev.fetchwell.stream.ServerSentEvent;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A feed of server-sent events whose connection is cut again and again: it connects again and goes
 * on behind the last event, so that none is lost and none comes twice.
 */
@Command(
    name = "LiveEvents",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Follows a feed of events that is cut, without a lost or doubled event.")
public final class LiveEvents implements Callable<Integer> {

  private static final int DEMO_EVENTS = 200;
  private static final int DEMO_CUT = 17;

  @Option(names = "--url", description = "The feed. Default: a demo server's.")
  private @Nullable String url;

  @Option(names = "--events", description = "Stop after this many events; 0: when the feed ends.")
  private long limit = 20;

  @Option(names = "--last-event-id", description = "Go on behind this event.")
  private String lastEventId = "";

  private final PrintStream out;

  LiveEvents(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new LiveEvents(System.out), args);
  }

  @Override
  public Integer call() {
    if (url == null) {
      return demo();
    }
    try (AsyncHttpClient client = Recorded.client()) {
      EventStream feed = EventStream.from(client.get(url)).lastEventId(lastEventId).maxFailures(5);
      long shown = follow(feed, limit, event -> out.println(event.type() + ": " + event.data()));
      out.println(shown + " events");
    }
    return 0;
  }

  /** Hands events over until the feed ends or there were enough; how many there were. */
  private static long follow(EventStream feed, long limit, Consumer<ServerSentEvent> handler) {
    CompletableFuture<Long> enough = new CompletableFuture<>();
    AtomicLong count = new AtomicLong();
    CompletableFuture<Long> following =
        feed.forEachAsync(
            event -> {
              handler.accept(event);
              if (count.incrementAndGet() != limit) {
                return null;
              }
              enough.complete(limit);
              return new CompletableFuture<>(); // Never completes: no further event is wanted.
            });
    try {
      return (long) CompletableFuture.anyOf(enough, following).join();
    } finally {
      following.cancel(false);
    }
  }

  private int demo() {
    Report report = new Report(out);
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      String path = "/feed?total=" + DEMO_EVENTS + "&cut=" + DEMO_CUT;
      List<Long> ids = new ArrayList<>();
      long count =
          follow(
              EventStream.from(client.get(path)).maxFailures(5),
              0,
              event -> {
                ids.add(Long.valueOf(event.lastEventId()));
                if (ids.size() % 40 == 0) {
                  out.println("  " + event.type() + ": " + event.data());
                }
              });
      report.claim(
          "the feed ended after " + count + " events, as the server had sent all",
          count == DEMO_EVENTS);
      report.claim(
          "each came once and in order, from 1 to " + DEMO_EVENTS,
          ids.equals(LongStream.rangeClosed(1, DEMO_EVENTS).boxed().toList()));
      int connections = server.requests("/feed");
      report.claim(
          "although the connection was cut again and again: " + connections + " requests",
          connections > DEMO_EVENTS / DEMO_CUT);

      long few = follow(EventStream.from(client.get(path)).lastEventId("150"), 5, event -> {});
      report.claim("another one goes on behind event 150 and stops after 5", few == 5);
      report.claimSoon("which closes its connection", () -> client.stats().inFlight() == 0);
    }
    return report.end() ? 0 : 1;
  }
}
