package dev.fetchwell.stress;

import com.sun.management.OperatingSystemMXBean;
import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.testserver.NioServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints the CPU time that a call costs this process, beside the same call through OkHttp alone.
 * Not a test. All ways take turns in several rounds; their medians are compared.
 *
 * <p>Arguments: rounds, calls in a round, and the numbers of calls at once.
 */
final class CallCost {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String BASE = "raw, execute, no timeouts";

  private CallCost() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    int calls = Integer.parseInt(args[1]);
    try (NioServerProcess server = NioServerProcess.start();
        AsyncHttpClient client = AsyncHttpClient.create()) {
      Map<String, Supplier<CompletableFuture<?>>> ways = ways(client, server.url("/users/7"));
      for (String atOnce : Arrays.copyOfRange(args, 2, args.length)) {
        compare(ways, BASE, rounds, calls, Integer.parseInt(atOnce));
      }
    }
    System.exit(0);
  }

  private static Map<String, Supplier<CompletableFuture<?>>> ways(
      AsyncHttpClient client, String url) {
    OkHttpClient timed = raw().build();
    OkHttpClient untimed =
        raw()
            .connectTimeout(Duration.ZERO)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .build();
    Map<String, Supplier<CompletableFuture<?>>> ways = new LinkedHashMap<>();
    ways.put(BASE, () -> execute(untimed, url));
    ways.put("raw, execute, default timeouts", () -> execute(timed, url));
    ways.put("raw, enqueue, no timeouts", () -> enqueue(untimed, url));
    ways.put("raw, enqueue, default timeouts", () -> enqueue(timed, url));
    ways.put("client.getBytes", () -> client.getBytes(url));
    ways.put(
        "raw, execute, no timeouts, JSON", () -> execute(untimed, url).thenApply(JSON::readTree));
    ways.put("client.getJson", () -> client.getJson(url));
    return ways;
  }

  private static OkHttpClient.Builder raw() {
    Dispatcher dispatcher = new Dispatcher((ExecutorService) Platform.system().threads());
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(Integer.MAX_VALUE, 60, TimeUnit.SECONDS));
  }

  static void compare(
      Map<String, Supplier<CompletableFuture<?>>> ways,
      String base,
      int rounds,
      int calls,
      int atOnce)
      throws Exception {
    Map<String, List<Long>> costs = new LinkedHashMap<>();
    for (int round = -2; round < rounds; round++) {
      for (Map.Entry<String, Supplier<CompletableFuture<?>>> way : ways.entrySet()) {
        long cost = cpuNanosPerCall(way.getValue(), calls, atOnce);
        if (round >= 0) {
          costs.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(cost);
        }
      }
    }
    double ofBase = median(costs.getOrDefault(base, List.of()));
    System.out.println(atOnce + " at once, " + rounds + " rounds of " + calls + " calls:");
    costs.forEach(
        (name, values) ->
            System.out.printf(
                "  %-32s %6.1f us CPU/call, %.2f of base%n",
                name, median(values) / 1e3, median(values) / ofBase));
  }

  private static double median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  static long cpuNanosPerCall(Supplier<CompletableFuture<?>> way, int calls, int atOnce)
      throws Exception {
    long start = SYSTEM.getProcessCpuTime();
    CompletableFuture<?>[] lanes = new CompletableFuture<?>[atOnce];
    for (int i = 0; i < atOnce; i++) {
      lanes[i] = new CompletableFuture<>();
      next(way, calls / atOnce, lanes[i]);
    }
    CompletableFuture.allOf(lanes).get(60, TimeUnit.SECONDS);
    return (SYSTEM.getProcessCpuTime() - start) / calls;
  }

  /** One call after the other, each started where the last one ended. */
  private static void next(
      Supplier<CompletableFuture<?>> way, int left, CompletableFuture<?> lane) {
    if (left == 0) {
      lane.complete(null);
      return;
    }
    var unused =
        way.get()
            .whenComplete(
                (value, thrown) -> {
                  if (thrown != null) {
                    lane.completeExceptionally(thrown);
                  } else {
                    next(way, left - 1, lane);
                  }
                });
  }

  private static CompletableFuture<byte[]> execute(OkHttpClient client, String url) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    Call call = client.newCall(new Request.Builder().url(url).build());
    Platform.system().threads().execute(() -> read(call, result));
    return result;
  }

  private static void read(Call call, CompletableFuture<byte[]> result) {
    byte[] bytes;
    try (Response response = call.execute()) {
      bytes = response.body().bytes();
    } catch (IOException e) {
      result.completeExceptionally(new UncheckedIOException(e));
      return;
    }
    result.complete(bytes);
  }

  private static CompletableFuture<byte[]> enqueue(OkHttpClient client, String url) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    client
        .newCall(new Request.Builder().url(url).build())
        .enqueue(
            new Callback() {
              @Override
              public void onFailure(Call call, IOException e) {
                result.completeExceptionally(e);
              }

              @Override
              public void onResponse(Call call, Response response) throws IOException {
                byte[] bytes;
                try (response) {
                  bytes = response.body().bytes();
                }
                result.complete(bytes);
              }
            });
    return result;
  }
}
