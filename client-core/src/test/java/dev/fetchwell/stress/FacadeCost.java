package dev.fetchwell.stress;

import com.sun.management.OperatingSystemMXBean;
import dev.fetchwell.AsyncHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints what a call costs without a network, beside the same call through OkHttp alone: an
 * interceptor answers in place of the wire. Not a test. All ways take turns in several rounds;
 * their medians are compared.
 *
 * <p>Arguments: rounds, calls in a round, and a part of the name of the only way to run, if any.
 */
final class FacadeCost {

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] USER = "{\"id\":7,\"name\":\"Ada\"}".getBytes(StandardCharsets.UTF_8);
  private static final String URL = "https://api.example.com/users/7";
  private static final String RAW = "raw OkHttp";
  private static final String RAW_JSON = "raw OkHttp, JSON";

  private FacadeCost() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    int calls = Integer.parseInt(args[1]);
    OkHttpClient fake = fake();
    AsyncHttpClient client = AsyncHttpClient.builder().okHttp(fake).build();
    ExecutorService threads = threads();
    Map<String, Supplier<CompletableFuture<?>>> ways = new LinkedHashMap<>();
    ways.put(RAW, () -> raw(fake, threads, bytes -> bytes));
    ways.put("client.getBytes", () -> client.getBytes(URL));
    ways.put(RAW_JSON, () -> raw(fake, threads, JSON::readTree));
    ways.put("client.getJson", () -> client.getJson(URL));
    ways.keySet().removeIf(way -> args.length > 2 && !way.contains(args[2]));
    compare(ways, rounds, calls);
    System.exit(0);
  }

  /** OkHttp without a network. */
  static OkHttpClient fake() {
    return new OkHttpClient.Builder().addInterceptor((Interceptor) FacadeCost::answer).build();
  }

  private static Response answer(Interceptor.Chain chain) {
    return new Response.Builder()
        .request(chain.request())
        .protocol(Protocol.HTTP_1_1)
        .code(200)
        .message("OK")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .header("Server", "fake")
        .body(ResponseBody.create(USER, MediaType.get("application/json")))
        .build();
  }

  /** Of the kind that the client's calls have. */
  static ExecutorService threads() throws ReflectiveOperationException {
    if (Runtime.version().feature() >= 24) {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
    return Executors.newCachedThreadPool();
  }

  interface Reading {

    Object read(byte[] bytes) throws IOException;
  }

  static CompletableFuture<Object> raw(
      OkHttpClient client, ExecutorService threads, Reading reading) {
    CompletableFuture<Object> result = new CompletableFuture<>();
    threads.execute(
        () -> {
          Object value;
          try (Response response =
              client.newCall(new Request.Builder().url(URL).build()).execute()) {
            value = reading.read(response.body().bytes());
          } catch (IOException e) {
            result.completeExceptionally(new UncheckedIOException(e));
            return;
          }
          result.complete(value);
        });
    return result;
  }

  private static void compare(
      Map<String, Supplier<CompletableFuture<?>>> ways, int rounds, int calls) throws Exception {
    Map<String, List<Double>> micros = new LinkedHashMap<>();
    Map<String, List<Double>> bytes = new LinkedHashMap<>();
    for (int round = -3; round < rounds; round++) {
      for (Map.Entry<String, Supplier<CompletableFuture<?>>> way : ways.entrySet()) {
        long cpu = SYSTEM.getProcessCpuTime();
        long allocated = allocated();
        run(way.getValue(), calls);
        if (round >= 0) {
          micros
              .computeIfAbsent(way.getKey(), name -> new ArrayList<>())
              .add((SYSTEM.getProcessCpuTime() - cpu) / 1e3 / calls);
          bytes
              .computeIfAbsent(way.getKey(), name -> new ArrayList<>())
              .add((double) (allocated() - allocated) / calls);
        }
      }
    }
    double raw = median(micros.getOrDefault(RAW, List.of()));
    double rawJson = median(micros.getOrDefault(RAW_JSON, List.of()));
    micros.forEach(
        (name, values) ->
            System.out.printf(
                "%-18s %6.2f us CPU/call, %.2f of raw, %6.0f bytes/call%n",
                name,
                median(values),
                median(values) / (name.contains("J") ? rawJson : raw),
                median(bytes.getOrDefault(name, List.of()))));
  }

  /** What a call allocates once it is warm, in bytes of all threads. */
  static double bytesPerCall(Supplier<CompletableFuture<?>> way, int calls) throws Exception {
    for (int i = 0; i < 3; i++) {
      run(way, calls);
    }
    List<Double> rounds = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long before = allocated();
      run(way, calls);
      rounds.add((double) (allocated() - before) / calls);
    }
    return median(rounds);
  }

  /** Of all threads. */
  static long allocated() throws ReflectiveOperationException {
    Object threads = ManagementFactory.getThreadMXBean();
    Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
    return (long) type.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  /** One call after the other, each started where the last one ended, without nesting. */
  static void run(Supplier<CompletableFuture<?>> way, int calls) throws Exception {
    CompletableFuture<?> all = new CompletableFuture<>();
    AtomicInteger left = new AtomicInteger(calls);
    AtomicInteger ended = new AtomicInteger();
    next(way, left, ended, all);
    all.get(60, TimeUnit.SECONDS);
  }

  private static void next(
      Supplier<CompletableFuture<?>> way,
      AtomicInteger left,
      AtomicInteger ended,
      CompletableFuture<?> all) {
    if (ended.getAndIncrement() > 0) {
      return;
    }
    do {
      if (left.getAndDecrement() == 0) {
        all.complete(null);
        return;
      }
      var unused =
          way.get()
              .whenComplete(
                  (value, thrown) -> {
                    if (thrown != null) {
                      all.completeExceptionally(thrown);
                    } else {
                      next(way, left, ended, all);
                    }
                  });
    } while (ended.decrementAndGet() > 0);
  }
}
