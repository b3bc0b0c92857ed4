package dev.fetchwell.observe.otel;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.observe.ContextCarrier;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import java.util.Objects;

/**
 * Traces of a client's calls in OpenTelemetry, by its stable conventions for HTTP: a span of kind
 * {@code CLIENT} for each attempt, whose context goes to the server with it, and the histogram
 * {@code http.client.request.duration}. The parent is the span that was current on the thread that
 * made the call.
 *
 * <pre>{@code
 * AsyncHttpClient client =
 *     ClientTracing.of(openTelemetry).install(AsyncHttpClient.builder()).build();
 * }</pre>
 *
 * <p>Addresses are redacted. A span is named by its method and, if the call was made with
 * placeholders, their path; never by the address. What OpenTelemetry throws costs no call.
 * Immutable.
 */
public final class ClientTracing {

  private final OpenTelemetry telemetry;
  private final boolean tracesCalls;

  private ClientTracing(OpenTelemetry telemetry, boolean tracesCalls) {
    this.telemetry = telemetry;
    this.tracesCalls = tracesCalls;
  }

  /** By this OpenTelemetry: its tracer, its meter and its propagators. */
  @SuppressWarnings("exports") // Whoever uses it has the optional dependency.
  public static ClientTracing of(OpenTelemetry telemetry) {
    return new ClientTracing(Objects.requireNonNull(telemetry, "telemetry"), false);
  }

  /** The same with a span of kind {@code INTERNAL} around the attempts and waits of each call. */
  public ClientTracing withCallSpans() {
    return new ClientTracing(telemetry, true);
  }

  /** Has all calls of a client traced. */
  public AsyncHttpClient.Builder install(AsyncHttpClient.Builder builder) {
    Objects.requireNonNull(builder, "builder");
    Spans spans = new Spans(telemetry, tracesCalls);
    ContextCarrier context =
        () -> {
          Context noted = Context.current();
          return task -> noted.wrap(task).run();
        };
    return builder.contextCarrier(context).listener(spans).filterEveryOrigin(spans::propagated);
  }
}
