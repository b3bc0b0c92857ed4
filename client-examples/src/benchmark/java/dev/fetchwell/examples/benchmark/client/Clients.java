package dev.fetchwell.examples.benchmark.client;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All clients that can be compared. */
public enum Clients {
  OURS("Fetchwell"),
  OKHTTP("raw OkHttp"),
  OKHTTP_VIRTUAL("raw OkHttp, virtual threads"),
  OKHTTP_DEFAULTS("raw OkHttp, default limits"),
  FAILSAFE("Failsafe over OkHttp"),
  JDK("java.net.http"),
  AHC("AsyncHttpClient"),
  ARMERIA("Armeria"),
  REACTOR("Reactor Netty"),
  VERTX("Vert.x");

  /** What the others are compared with. */
  public static final Clients BASE = OKHTTP;

  /** With its default limits OkHttp has 5 calls in flight, so thousands would take an hour. */
  private static final int MOST_WITH_DEFAULTS = 64;

  private final String title;

  Clients(String title) {
    this.title = title;
  }

  /** Those with these names, separated by commas; {@code all}: all that this JVM can run. */
  public static List<Clients> named(String names) {
    if (names.equals("all")) {
      return Arrays.stream(values()).filter(Clients::runsHere).toList();
    }
    return Arrays.stream(names.split(",", -1)).map(name -> one(name.strip())).toList();
  }

  private static Clients one(String name) {
    for (Clients client : values()) {
      if (client.id().equals(name)) {
        return client;
      }
    }
    throw new IllegalArgumentException(
        "benchmark.clients: "
            + name
            + " (expected: all, or some of "
            + Arrays.stream(values()).map(Clients::id).collect(Collectors.joining(","))
            + ")");
  }

  private boolean runsHere() {
    return this != OKHTTP_VIRTUAL || VirtualThreads.usable();
  }

  /** As in {@code -Dbenchmark.clients}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As in tables and plots. */
  public String title() {
    return title;
  }

  /** Whether it can do so much in the time of a measurement. */
  public boolean canDo(int inFlight) {
    return this != OKHTTP_DEFAULTS || inFlight <= MOST_WITH_DEFAULTS;
  }

  /** A new one, without connections. */
  public ClientUnderTest open(Job job) {
    return switch (this) {
      case OURS -> new OurClient(job);
      case OKHTTP -> RawOkHttp.withRaisedLimits(job);
      case OKHTTP_VIRTUAL -> RawOkHttp.onVirtualThreads(job);
      case OKHTTP_DEFAULTS -> RawOkHttp.withDefaults(job);
      case FAILSAFE -> new FailsafeOkHttp(job);
      case JDK -> new JdkClient(job);
      case AHC -> new Ahc(job);
      case ARMERIA -> new Armeria(job);
      case REACTOR -> new ReactorNetty(job);
      case VERTX -> new VertxClient(job);
    };
  }
}
