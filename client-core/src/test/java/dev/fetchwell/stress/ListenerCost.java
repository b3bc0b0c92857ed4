package dev.fetchwell.stress;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.HarRecorder;
import dev.fetchwell.observe.JfrListener;
import dev.fetchwell.observe.LogListener;
import dev.fetchwell.observe.micrometer.ClientMetrics;
import dev.fetchwell.observe.otel.ClientTracing;
import dev.fetchwell.testkit.LogLines;
import dev.fetchwell.testserver.NioServerProcess;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import jdk.jfr.Recording;
import org.slf4j.event.Level;

/**
 * Prints the CPU time and the bytes that each way of watching calls adds to a call over loopback,
 * as ratios over a client that nobody watches. Not a test. All ways take turns in each round, and
 * each round gives a ratio; their median is printed, with the least and the most.
 *
 * <p>Arguments: rounds, calls in a round, calls at once. Bytes are known from JDK 21 on.
 */
final class ListenerCost {

  private static final int WARM_UP = 2;
  private static final String NONE = "none";

  private ListenerCost() {}

  /** One way of watching; between rounds it forgets what it has kept. */
  private record Way(
      String name, AsyncHttpClient client, Runnable begin, Runnable end, List<Cost> costs) {}

  private record Cost(double nanos, double bytes) {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    int calls = Integer.parseInt(args[1]);
    int atOnce = Integer.parseInt(args[2]);
    try (NioServerProcess server = NioServerProcess.start()) {
      List<Way> ways = ways(server.url(""));
      for (int round = -WARM_UP; round < rounds; round++) {
        for (Way way : ways) {
          Cost cost = measured(way, calls, atOnce);
          if (round >= 0) {
            way.costs().add(cost);
          }
        }
      }
      System.out.printf("%d rounds of %d calls, %d at once:%n", rounds, calls, atOnce);
      Way none = ways.get(0);
      ways.forEach(way -> print(way, none));
      ways.forEach(way -> way.client().close());
    }
    System.exit(0);
  }

  private static List<Way> ways(String url) throws IOException {
    List<Way> ways = new ArrayList<>();
    add(ways, NONE, url, builder -> builder);
    add(ways, "ClientMetrics", url, builder -> builder);
    ClientMetrics.bindTo(new SimpleMeterRegistry(), ways.get(1).client());
    add(ways, "ClientTracing, no-op", url, ClientTracing.of(OpenTelemetry.noop())::install);
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    ways.add(
        way(
            "ClientTracing, SDK in memory",
            url,
            ClientTracing.of(by(spans))::install,
            () -> {},
            spans::reset));
    add(ways, "JfrListener, off", url, builder -> builder.listener(new JfrListener()));
    Recordings recordings = new Recordings();
    ways.add(
        way(
            "JfrListener, on",
            url,
            builder -> builder.listener(new JfrListener()),
            recordings::begin,
            recordings::end));
    logs(ways, url, "LogListener, off", Level.ERROR, listener -> listener);
    logs(ways, url, "LogListener, DEBUG", Level.DEBUG, listener -> listener);
    logs(
        ways,
        url,
        "LogListener, headers and bodies",
        Level.DEBUG,
        listener -> listener.withHeaders().withBodies(1_000));
    HarRecorder recorder = HarRecorder.to(Files.createTempDirectory("cost").resolve("calls.har"));
    add(ways, "HarRecorder", url, builder -> builder.listener(recorder));
    add(ways, NONE + ", again", url, builder -> builder);
    return ways;
  }

  private static void logs(
      List<Way> ways, String url, String name, Level least, UnaryOperator<LogListener> shown) {
    LogLines lines = new LogLines();
    lines.least(least);
    LogListener listener = shown.apply(LogListener.to(lines));
    ways.add(way(name, url, builder -> builder.listener(listener), () -> {}, lines::clear));
  }

  private static void add(
      List<Way> ways, String name, String url, UnaryOperator<AsyncHttpClient.Builder> watched) {
    ways.add(way(name, url, watched, () -> {}, () -> {}));
  }

  private static Way way(
      String name,
      String url,
      UnaryOperator<AsyncHttpClient.Builder> watched,
      Runnable begin,
      Runnable end) {
    AsyncHttpClient client = watched.apply(AsyncHttpClient.builder().baseUrl(url)).build();
    return new Way(name, client, begin, end, new ArrayList<>());
  }

  private static OpenTelemetry by(InMemorySpanExporter exporter) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build())
        .build();
  }

  /** A recording of the listener's events alone, so that the recorder's other ones cost nothing. */
  private static final class Recordings {

    private Recording running = new Recording();

    private void begin() {
      running = new Recording();
      running.enable("dev.fetchwell.Call");
      running.enable("dev.fetchwell.Attempt");
      running.setMaxAge(Duration.ofMinutes(1));
      running.start();
    }

    private void end() {
      running.close();
    }
  }

  private static Cost measured(Way way, int calls, int atOnce) throws Exception {
    way.begin().run();
    try {
      long allocated = FacadeCost.allocated();
      double nanos =
          CallCost.cpuNanosPerCall(() -> way.client().getBytes("/users/7"), calls, atOnce);
      return new Cost(nanos, (double) (FacadeCost.allocated() - allocated) / calls);
    } finally {
      way.end().run();
    }
  }

  private static void print(Way way, Way none) {
    List<Double> cpu = new ArrayList<>();
    List<Double> bytes = new ArrayList<>();
    List<Double> more = new ArrayList<>();
    for (int i = 0; i < way.costs().size(); i++) {
      Cost cost = way.costs().get(i);
      Cost base = none.costs().get(i);
      cpu.add(cost.nanos() / base.nanos());
      bytes.add(cost.bytes() / base.bytes());
      more.add(cost.bytes() - base.bytes());
    }
    System.out.printf(
        "  %-32s CPU %s (%6.1f us), bytes %s (%+.0f)%n",
        way.name(),
        shown(cpu),
        median(way.costs().stream().map(Cost::nanos).toList()) / 1e3,
        shown(bytes),
        median(more));
  }

  private static String shown(List<Double> ratios) {
    List<Double> sorted = ratios.stream().sorted().toList();
    return String.format(
        "%.2f [%.2f to %.2f]", median(ratios), sorted.get(0), sorted.get(sorted.size() - 1));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
