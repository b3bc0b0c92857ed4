package dev.fetchwell.examples.docs;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.ContextCarrier;
import dev.fetchwell.observe.JfrListener;
import dev.fetchwell.observe.LogListener;
import dev.fetchwell.observe.Phases;
import dev.fetchwell.observe.micrometer.ClientMetrics;
import dev.fetchwell.observe.micrometer.ContextPropagation;
import dev.fetchwell.observe.otel.ClientTracing;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.function.Consumer;

/** The Java blocks of docs/observability.md. */
final class ObservabilitySnippets {

  private ObservabilitySnippets() {}

  static ClientMetrics metrics(AsyncHttpClient client, MeterRegistry registry) {
    // region: metrics
    ClientMetrics metrics = ClientMetrics.of(client).clientName("orders").bindTo(registry);
    // endregion
    return metrics;
  }

  static AsyncHttpClient traces(OpenTelemetry telemetry, String apiUrl) {
    // region: traces
    AsyncHttpClient client =
        ClientTracing.of(telemetry).install(AsyncHttpClient.builder().baseUrl(apiUrl)).build();
    // endregion
    return client;
  }

  static AsyncHttpClient logs() {
    // region: logs
    AsyncHttpClient client = AsyncHttpClient.builder().listener(LogListener.create()).build();
    // endregion
    return client;
  }

  static LogListener exchanges() {
    // region: exchanges
    LogListener listener =
        LogListener.create().withHeaders().withBodies(1_000).redactHeader("X-Customer");
    // endregion
    return listener;
  }

  static AsyncHttpClient propagation() {
    // region: propagation
    AsyncHttpClient client =
        AsyncHttpClient.builder().contextCarrier(ContextPropagation.carrier()).build();
    // endregion
    return client;
  }

  static AsyncHttpClient context() {
    // region: context
    AsyncHttpClient client =
        AsyncHttpClient.builder()
            .contextCarrier(ContextCarrier.mdc())
            .listener(LogListener.create())
            .build();
    // endregion
    return client;
  }

  static AsyncHttpClient recorder() {
    // region: recorder
    AsyncHttpClient client = AsyncHttpClient.builder().listener(new JfrListener()).build();
    // endregion
    return client;
  }

  static CallListener phases(Consumer<String> log) {
    // region: phases
    CallListener slowParts =
        new CallListener() {
          @Override
          public void attemptEnded(AttemptEnded event) {
            Phases phases = event.phases();
            if (phases.waiting().toMillis() > 500) {
              log.accept(event.call() + " waited " + phases.waiting() + " for its server");
            }
          }
        };
    // endregion
    return slowParts;
  }
}
