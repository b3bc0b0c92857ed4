package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.ContextCarrier;
import dev.fetchwell.observe.LogListener;
import dev.fetchwell.observe.micrometer.ClientMetrics;
import dev.fetchwell.observe.otel.ClientTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.MDC;

/** The Java blocks of docs/howto.md about what is seen of calls. */
final class HowtoObserveSnippets {

  private HowtoObserveSnippets() {}

  static CompletableFuture<String> logged(Logger log, String apiUrl) {
    // region: howto-logging
    AsyncHttpClient client =
        AsyncHttpClient.builder().baseUrl(apiUrl).listener(LogListener.to(log)).build();

    CompletableFuture<String> user = client.get("/users/{id}", 7).tag("user").asString();
    // endregion
    return user.whenComplete((text, thrown) -> client.close());
  }

  static CompletableFuture<String> measured(
      AsyncHttpClient client, String clientName, MeterRegistry registry) {
    // region: howto-metrics
    ClientMetrics metrics = ClientMetrics.of(client).clientName(clientName).bindTo(registry);

    CompletableFuture<String> user = client.get("/users/{id}", 7).asString(); // uri=/users/{id}
    // endregion
    return user.whenComplete((text, thrown) -> metrics.close());
  }

  static AsyncHttpClient traced(OpenTelemetry telemetry, String apiUrl) {
    // region: howto-tracing
    AsyncHttpClient client =
        ClientTracing.of(telemetry)
            .withCallSpans() // a span for the whole call, above those of its attempts
            .install(AsyncHttpClient.builder().baseUrl(apiUrl))
            .build();
    // endregion
    return client;
  }

  static CompletableFuture<?> withContext(Logger log, String apiUrl, String orderId) {
    // region: howto-mdc
    AsyncHttpClient client =
        AsyncHttpClient.builder().baseUrl(apiUrl).contextCarrier(ContextCarrier.mdc()).build();

    MDC.put("order", orderId);
    CompletableFuture<?> done =
        client
            .getString("/orders")
            .thenAccept(text -> log.info("{} characters", text.length())); // order is there
    MDC.remove("order");
    // endregion
    return done.whenComplete((nothing, thrown) -> client.close());
  }
}
