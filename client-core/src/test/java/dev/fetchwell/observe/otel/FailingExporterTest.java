package dev.fetchwell.observe.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.testing.FakeReply;
import dev.fetchwell.testing.FakeServer;
import dev.fetchwell.testkit.Awaited;
import dev.fetchwell.testkit.RecordedWarnings;
import dev.fetchwell.testserver.ScriptedServer;
import dev.fetchwell.testserver.Scripts;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FailingExporterTest {

  private static OpenTelemetry by(SpanProcessor processor) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(processor).build())
        .build();
  }

  /** Does something with the spans that it gets. */
  private record Exporter(Runnable export) implements SpanExporter {

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      export.run();
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private record Processor(Runnable onStart, Runnable onEnd) implements SpanProcessor {

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {
      onStart.run();
    }

    @Override
    public boolean isStartRequired() {
      return true;
    }

    @Override
    public void onEnd(ReadableSpan span) {
      onEnd.run();
    }

    @Override
    public boolean isEndRequired() {
      return true;
    }
  }

  private static void fail() {
    throw new IllegalStateException("thrown by telemetry");
  }

  private static void callsBy(OpenTelemetry telemetry) {
    FakeServer server = FakeServer.create();
    server.on("GET", "/x", FakeReply.status(503), FakeReply.text("ok"));
    AsyncHttpClient client = server.client(ClientTracing.of(telemetry).withCallSpans()::install);

    assertThat(server.await(client.getString("/x"))).isEqualTo("ok");
    assertThat(client.stats().inFlight()).isZero();
  }

  /** The SDK itself says so. */
  @Test
  void exporterThatThrowsCostsNoCall() {
    callsBy(by(SimpleSpanProcessor.create(new Exporter(FailingExporterTest::fail))));
  }

  @Test
  void processorThatThrowsCostsNoCallAndIsToldOf() {
    for (Processor processor :
        List.of(
            new Processor(FailingExporterTest::fail, () -> {}),
            new Processor(() -> {}, FailingExporterTest::fail))) {
      try (RecordedWarnings warnings = new RecordedWarnings()) {
        callsBy(by(processor));

        assertThat(warnings.thrown())
            .isNotEmpty()
            .allMatch(thrown -> "thrown by telemetry".equals(thrown.getMessage()));
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void exporterThatBlocksBehindAQueueCostsNothing() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    SpanProcessor queue =
        BatchSpanProcessor.builder(new Exporter(() -> await(over)))
            .setScheduleDelay(Duration.ofMillis(1))
            .setMaxQueueSize(4)
            .setMaxExportBatchSize(1)
            .build();
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "ok"));
        AsyncHttpClient client =
            ClientTracing.of(by(queue))
                .install(AsyncHttpClient.builder().baseUrl(server.url("")))
                .build()) {
      for (int i = 0; i < 20; i++) {
        assertThat(Awaited.value(client.getString("/"))).isEqualTo("ok");
      }
    } finally {
      over.countDown();
    }
  }

  @Test
  void exporterThatBlocksTheCallItselfCostsItNoMoreThanItsTimeoutAndNoPermit() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    OpenTelemetry blocking = by(new Processor(() -> {}, () -> await(over)));
    try (ScriptedServer server = ScriptedServer.start(Scripts.respond(200, "ok"));
        AsyncHttpClient client =
            ClientTracing.of(blocking)
                .install(AsyncHttpClient.builder().baseUrl(server.url("")))
                .maxConcurrency(1)
                .timeout(Duration.ofSeconds(1))
                .build()) {
      for (int i = 0; i < 3; i++) {
        Awaited.failure(client.getString("/"), FetchTimeoutError.class);
      }
      assertThat(client.stats().inFlight()).isZero();
    } finally {
      over.countDown();
    }
  }
}
