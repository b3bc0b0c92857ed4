package dev.fetchwell.observe.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.policy.Backoff;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeRequest;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testing.Fault;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClientTracingTest {

  private static final AttributeKey<Long> RESENDS =
      AttributeKey.longKey("http.request.resend_count");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final InMemoryMetricReader reader = InMemoryMetricReader.create();
  private final OpenTelemetry telemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                  .build())
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
          .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
          .build();
  private final FakeServer server = FakeServer.create();

  private AsyncHttpClient client(ClientTracing tracing) {
    return server.client(
        builder ->
            tracing
                .install(builder)
                .retry(
                    RetryPolicy.builder().backoff(Backoff.fixed(Duration.ofSeconds(1))).build()));
  }

  @Test
  void eachAttemptIsASpanBelowTheOneThatWasCurrentWhereTheCallWasMade() {
    AsyncHttpClient client = client(ClientTracing.of(telemetry));
    server.on("GET", "/users/{id}", FakeReply.status(503), FakeReply.text("ok"));
    Span parent = telemetry.getTracer("test").spanBuilder("request").startSpan();
    CompletableFuture<String> call;
    try (Scope current = parent.makeCurrent()) {
      assertThat(current).isNotNull();
      call = client.get("/users/{id}?key=secret", 7).asString();
    }
    server.await(call);

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans).extracting(SpanData::getName).containsOnly("GET /users/{id}");
    assertThat(spans).extracting(SpanData::getKind).containsOnly(SpanKind.CLIENT);
    assertThat(spans)
        .extracting(SpanData::getParentSpanId)
        .containsOnly(parent.getSpanContext().getSpanId());
    assertThat(spans)
        .extracting(span -> span.getAttributes().get(RESENDS))
        .containsExactly(null, 1L);
    assertThat(spans)
        .extracting(span -> span.getAttributes().get(STATUS))
        .containsExactly(503L, 200L);
    assertThat(spans)
        .extracting(span -> span.getStatus().getStatusCode())
        .containsExactly(StatusCode.ERROR, StatusCode.UNSET);
    assertThat(spans.get(0).getAttributes().get(ERROR)).isEqualTo("503");
    assertThat(spans)
        .extracting(span -> span.getAttributes().get(URL))
        .containsOnly("https://fake.example/users/7?key=***");
    assertThat(spans.get(0).getAttributes().get(AttributeKey.longKey("server.port")))
        .isEqualTo(443);
  }

  @Test
  void contextOfEachAttemptGoesToTheServer() {
    AsyncHttpClient client = client(ClientTracing.of(telemetry));
    server.on("GET", "/x", FakeReply.fault(Fault.CONNECTION_RESET), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    List<SpanData> spans = exporter.getFinishedSpanItems();
    List<FakeRequest> requests = server.requests();
    assertThat(requests).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(requests.get(i).header("traceparent").orElseThrow())
          .contains(spans.get(i).getTraceId())
          .contains(spans.get(i).getSpanId());
    }
    assertThat(spans.get(0).getAttributes().get(ERROR))
        .isEqualTo("dev.fetchwell.error.ConnectionError");
  }

  @Test
  void callHasASpanOfItsOwnOnlyIfAskedFor() {
    AsyncHttpClient client = client(ClientTracing.of(telemetry).withCallSpans());
    server.on("GET", "/x", FakeReply.status(500), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans)
        .extracting(SpanData::getKind)
        .containsExactly(SpanKind.CLIENT, SpanKind.CLIENT, SpanKind.INTERNAL);
    assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(2).getSpanId());
    assertThat(spans.get(2).getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
  }

  @Test
  void attemptsThatWereGivenUpEndToo() {
    AsyncHttpClient client = client(ClientTracing.of(telemetry).withCallSpans());
    server.on("GET", "/x", FakeReply.fault(Fault.NO_ANSWER));

    client.getString("/x").cancel(false);

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans).hasSize(2);
    assertThat(spans)
        .extracting(span -> span.getAttributes().get(ERROR))
        .containsOnly("java.util.concurrent.CancellationException");
  }

  @Test
  void attemptBesideAnotherOneIsASpanOfItsOwn() {
    AsyncHttpClient client =
        server.client(
            builder ->
                ClientTracing.of(telemetry)
                    .install(builder)
                    .hedge(HedgePolicy.after(Duration.ofSeconds(1)).budget(1)));
    server.on("GET", "/x", FakeReply.fault(Fault.NO_ANSWER), FakeReply.text("ok"));

    server.await(client.getString("/x"));

    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans)
        .extracting(span -> span.getAttributes().get(RESENDS))
        .containsExactlyInAnyOrder(null, 1L);
    assertThat(server.requests())
        .extracting(request -> request.header("traceparent").orElseThrow())
        .doesNotHaveDuplicates();
  }

  @Test
  void durationsAreInSecondsAndWithoutTheAddress() {
    AsyncHttpClient client = client(ClientTracing.of(telemetry));
    server.on("GET", "/x", FakeReply.text("ok").after(Duration.ofMillis(250)));

    server.await(client.getString("/x?key=secret"));

    HistogramPointData point =
        reader
            .collectAllMetrics()
            .iterator()
            .next()
            .getHistogramData()
            .getPoints()
            .iterator()
            .next();
    assertThat(point.getSum()).isEqualTo(0.25);
    assertThat(point.getAttributes().asMap().keySet())
        .extracting(AttributeKey::getKey)
        .containsExactlyInAnyOrder(
            "http.request.method",
            "http.response.status_code",
            "network.protocol.version",
            "server.address",
            "server.port");
  }

  @Test
  void telemetryThatThrowsCostsNoCall() {
    OpenTelemetry throwing =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder().setSampler(new ThrowingSampler()).build())
            .build();
    AsyncHttpClient client = client(ClientTracing.of(throwing));
    server.on("GET", "/x", FakeReply.text("ok"));
    server.on("GET", "/gone", FakeReply.status(404));

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
    assertThatThrownBy(() -> server.await(client.getString("/gone"))).hasMessageContaining("404");
  }
}
