package dev.fetchwell.examples.benchmark.load;

import dev.fetchwell.examples.benchmark.client.ClientUnderTest;
import dev.fetchwell.examples.benchmark.client.Clients;
import dev.fetchwell.examples.benchmark.client.Job;
import dev.fetchwell.examples.benchmark.client.Protocol;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * One client in a process. {@code run URL IN_FLIGHT CALLS MILLIS} measures with so many calls in
 * flight and answers with {@link Measured}. With CALLS, that many per lane, on a client without
 * connections; with 0, for so many milliseconds on connections that are open. Ends with its input.
 */
public final class ClientMain {

  /** Before measuring on open connections: calls per lane that open them. */
  private static final int OPENING = 3;

  private ClientMain() {}

  /** Name of the client, protocol. */
  public static void main(String[] args) throws IOException {
    Clients kind = Clients.named(args[0]).get(0);
    Protocol protocol = Protocol.named(args[1]);
    ProcessMeter meter = new ProcessMeter();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      try {
        System.out.println(run(kind, protocol, meter, line.split(" ", -1)).line());
      } catch (InterruptedException | RuntimeException | Error e) {
        System.err.println(kind.title() + ": " + line);
        e.printStackTrace();
        // Threads of the client would hold the process, and with it whoever waits for an answer.
        Runtime.getRuntime().halt(1);
      }
    }
    // Clients before JDK 21, or with threads of their own, may hold the process.
    System.exit(0);
  }

  private static Measured run(Clients kind, Protocol protocol, ProcessMeter meter, String[] words)
      throws InterruptedException {
    int inFlight = Integer.parseInt(words[2]);
    int calls = Integer.parseInt(words[3]);
    long millis = Long.parseLong(words[4]);
    meter.restart();
    try (ClientUnderTest client = kind.open(Job.of(inFlight, protocol))) {
      return measured(client, meter, words[1], inFlight, calls, millis);
    }
  }

  private static Measured measured(
      ClientUnderTest client, ProcessMeter meter, String url, int inFlight, int calls, long millis)
      throws InterruptedException {
    IntPredicate another = sent -> sent < calls;
    if (calls == 0) {
      new Lanes(client, url, sent -> sent < OPENING).run(inFlight);
      long end = System.nanoTime() + millis * 1_000_000;
      another = sent -> sent == 0 || System.nanoTime() < end;
    }
    Lanes lanes = new Lanes(client, url, another);
    long gc = ProcessMeter.gcNanos();
    long cpu = ProcessMeter.cpuNanos();
    long start = System.nanoTime();
    lanes.run(inFlight);
    long wall = System.nanoTime() - start;
    cpu = ProcessMeter.cpuNanos() - cpu;
    gc = ProcessMeter.gcNanos() - gc;
    long rss = ProcessMeter.rssBytes();
    int threads = ProcessMeter.threads();
    return new Measured(
        lanes.calls(),
        lanes.errors(),
        lanes.firstError(),
        cpu,
        gc,
        wall,
        meter.heapBytes(),
        rss,
        threads);
  }
}
