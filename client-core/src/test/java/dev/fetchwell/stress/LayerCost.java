package dev.fetchwell.stress;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.Token;
import dev.fetchwell.policy.TokenSource;
import dev.fetchwell.testserver.NioServerProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Prints the CPU time that each of the layers which are opt-in adds to a call. Not a test; see
 * {@link CallCost}, whose arguments it takes.
 */
final class LayerCost {

  private static final int URLS = 1_000;
  private static final String NONE = "no layers";

  private LayerCost() {}

  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[0]);
    int calls = Integer.parseInt(args[1]);
    List<AsyncHttpClient> clients = new ArrayList<>();
    try (NioServerProcess server = NioServerProcess.start()) {
      Map<String, Supplier<CompletableFuture<?>>> ways = new LinkedHashMap<>();
      layers()
          .forEach(
              (name, layer) -> {
                AsyncHttpClient.Builder builder = AsyncHttpClient.builder().baseUrl(server.url(""));
                AsyncHttpClient client = layer.apply(builder).build();
                clients.add(client);
                AtomicInteger next = new AtomicInteger();
                ways.put(name, () -> client.getBytes("/" + next.getAndIncrement() % URLS));
              });
      for (String atOnce : Arrays.copyOfRange(args, 2, args.length)) {
        CallCost.compare(ways, NONE, rounds, calls, Integer.parseInt(atOnce));
      }
    }
    clients.forEach(AsyncHttpClient::close);
    System.exit(0);
  }

  private static Map<String, UnaryOperator<AsyncHttpClient.Builder>> layers() {
    Map<String, UnaryOperator<AsyncHttpClient.Builder>> layers = new LinkedHashMap<>();
    layers.put(NONE, builder -> builder);
    layers.put("single flight, alone", builder -> builder.singleFlight(true));
    layers.put("hedging", builder -> builder.hedge(HedgePolicy.after(Duration.ofSeconds(5))));
    layers.put("bearer token", builder -> builder.bearer(tokens()));
    layers.put(
        "filter",
        builder ->
            builder.filter(
                (request, attempt) ->
                    CompletableFuture.completedFuture(request.withHeader("X-Signed", "yes"))));
    layers.put("cool-down", builder -> builder.coolDown(CoolDown.perHost()));
    layers.put(
        "circuit breaker", builder -> builder.circuitBreaker(CircuitBreakerPolicy.standard()));
    layers.put(
        "rate limit per host",
        builder -> builder.rateLimitPerHost(RateLimit.perSecond(1_000_000).burst(1_000)));
    layers.put("adaptive limit", builder -> builder.adaptiveLimit(AdaptiveLimit.between(64, 64)));
    layers.put("deadline header", builder -> builder.deadlineHeader("X-Deadline-Ms"));
    layers.put(
        "address guard",
        builder -> builder.addressGuard(AddressGuard.publicOnly().allow("127.0.0.0/8")));
    layers.put("all of them", LayerCost::all);
    layers.put(NONE + ", again", builder -> builder);
    return layers;
  }

  private static AsyncHttpClient.Builder all(AsyncHttpClient.Builder builder) {
    AsyncHttpClient.Builder all = builder;
    for (Map.Entry<String, UnaryOperator<AsyncHttpClient.Builder>> layer : layers().entrySet()) {
      if (!layer.getKey().equals("all of them")) {
        all = layer.getValue().apply(all);
      }
    }
    return all;
  }

  private static TokenSource tokens() {
    return TokenSource.of(
        () ->
            CompletableFuture.completedFuture(new Token("text", Instant.now().plusSeconds(3_600))));
  }
}
