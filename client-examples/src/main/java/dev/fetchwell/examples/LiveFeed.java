package dev.fetchwell.examples;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.examples.console.Launcher;
import dev.fetchwell.examples.console.Recorded;
import dev.fetchwell.examples.demo.DemoServer;
import dev.fetchwell.examples.feed.FeedCounts;
import dev.fetchwell.examples.feed.FeedFollower;
import dev.fetchwell.examples.quickstart.Report;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.socket.ReconnectingWebSocket;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A feed of numbered messages over a web socket whose connections are dropped, closed, refused, or
 * go silent: each is followed by another one, which says where to go on, so that no message is lost
 * and none comes twice. Ctrl-C closes it as a client should.
 */
@Command(
    name = "LiveFeed",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Follows a web socket feed that drops, stalls and closes; counts what is lost.")
public final class LiveFeed implements Callable<Integer> {

  private static final int DEMO_MESSAGES = 400;
  private static final String DEMO_TROUBLE = "trouble=drop,reset,stall,1001,1012,503&every=25";
  private static final String DEMO_SUBSCRIPTION = "{\"from\": {next}}";
  private static final int MAX_FAILURES = 5;
  private static final int INTERRUPTED = 128 + 2;

  @Option(names = "--url", description = "The feed, ws:// or wss://. Default: a demo server's.")
  private @Nullable String url;

  @Option(
      names = "--subscribe",
      description = "With --url: what to send when connected; {next}: the number to go on with.")
  private String subscription = "";

  @Option(names = "--number", description = "With --url: the JSON field with the number.")
  private String field = "number";

  @Option(names = "--from", description = "With --url: the first {next}.")
  private long from = 1;

  @Option(
      names = "--messages",
      description = "Stop after this many; 0: when the feed ends, or at Ctrl-C.")
  private long messages;

  @Option(
      names = "--for",
      paramLabel = "<seconds>",
      description = "Stop after this time; 0: when the feed ends, or at Ctrl-C.")
  private int seconds;

  @Option(
      names = "--heartbeat",
      paramLabel = "<seconds>",
      description = "With --url: time between pings; no pong by the next: lost.")
  private int heartbeat = 15;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final PrintStream out;

  LiveFeed(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] args) {
    Launcher.main(new LiveFeed(System.out), args);
  }

  @Override
  public Integer call() throws InterruptedException {
    checkAtLeast("--messages", messages, 0);
    checkAtLeast("--for", seconds, 0);
    checkAtLeast("--from", from, 1);
    checkAtLeast("--heartbeat", heartbeat, 1);
    if (url == null) {
      return demo();
    }
    boolean resumes = subscription.contains(FeedFollower.NEXT);
    FeedCounts counts = new FeedCounts(resumes ? OptionalLong.of(from) : OptionalLong.empty());
    try (AsyncHttpClient client = Recorded.client()) {
      ReconnectingWebSocket.Builder feed =
          ReconnectingWebSocket.builder(client, url)
              .heartbeat(Duration.ofSeconds(heartbeat))
              .stableAfter(Duration.ofSeconds(1))
              .maxFailures(MAX_FAILURES);
      boolean unused =
          new FeedFollower(out, counts, subscription, field)
              .follow(feed, messages, Duration.ofSeconds(seconds));
    }
    // A feed that is not told where to go on may leave out what it sent meanwhile.
    return counts.isWhole() || !resumes ? 0 : 1;
  }

  private void checkAtLeast(String option, long value, long least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": " + value + " (expected: >= " + least + ")");
    }
  }

  private int demo() throws InterruptedException {
    try (DemoServer server = DemoServer.start();
        AsyncHttpClient client = Recorded.builder().baseUrl(server.baseUrl()).build()) {
      if (messages == 0 && seconds == 0) {
        return demo(server, client);
      }
      FeedCounts counts = new FeedCounts(OptionalLong.of(1));
      boolean unused =
          follow(
              client,
              "/socket/feed/endless?pace=10&" + DEMO_TROUBLE,
              counts,
              messages,
              Duration.ofSeconds(seconds));
      return counts.isWhole() ? 0 : 1;
    }
  }

  private int demo(DemoServer server, AsyncHttpClient client) throws InterruptedException {
    Report report = new Report(out);
    String path = "/socket/feed/demo";
    FeedCounts counts = new FeedCounts(OptionalLong.of(1));
    if (!follow(
        client,
        path + "?pace=5&total=" + DEMO_MESSAGES + "&" + DEMO_TROUBLE,
        counts,
        0,
        Duration.ZERO)) {
      return INTERRUPTED;
    }
    report.claim(
        "the feed ended after " + counts.messages() + " messages, as the server had sent all",
        counts.messages() == DEMO_MESSAGES && counts.next() == DEMO_MESSAGES + 1);
    report.claim("none of them was lost, and none came twice", counts.isWhole());
    report.claim(
        "although the server closed some connections, with 1001 or 1012, and refused some, with 503",
        counts.endings("closed with 1001") > 0
            && counts.endings("closed with 1012") > 0
            && counts.endings("refused with 503") > 0);
    int silent = server.abandoned(path);
    int broken = counts.endings(FeedCounts.BROKEN) - silent;
    report.claim("and dropped or reset others: " + broken, broken > 0);
    report.claim("and " + silent + " went silent, and were given up without a pong", silent > 0);

    FeedCounts few = new FeedCounts(OptionalLong.of(150));
    follow(client, "/socket/feed/calm", few, 5, Duration.ZERO);
    report.claim(
        "another one began with 150 and stopped after 5", few.next() == 155 && few.isWhole());
    report.claimSoon(
        "with a close frame: " + server.closeCodes("/socket/feed/calm"),
        () -> server.closeCodes("/socket/feed/calm").equals(List.of(1000)));
    report.claimSoon("no connection is left", () -> client.stats().openConnections() == 0);
    return report.end() ? 0 : 1;
  }

  /** The trouble comes fast here; so do the heartbeat and the next connection. */
  private boolean follow(
      AsyncHttpClient client, String path, FeedCounts counts, long limit, Duration atMost)
      throws InterruptedException {
    ReconnectingWebSocket.Builder feed =
        ReconnectingWebSocket.builder(client, path)
            .heartbeat(Duration.ofMillis(200))
            .backoff(
                Backoff.exponential(Duration.ofMillis(20), Duration.ofMillis(100))
                    .withFullJitter());
    return new FeedFollower(out, counts, DEMO_SUBSCRIPTION, "number").follow(feed, limit, atMost);
  }
}
