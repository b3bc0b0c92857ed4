package dev.fetchwell.examples.docs;

import static dev.fetchwell.examples.docs.LocalServers.base;
import static dev.fetchwell.examples.docs.LocalServers.text;
import static dev.fetchwell.examples.docs.LocalServers.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchwell.AsyncHttpClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.Serial;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** What docs/howto.md shows of logs, metrics, traces and the MDC works. */
@Timeout(60)
class HowtoObserveSnippetsTest {

  @RegisterExtension final LocalServers servers = new LocalServers();

  private final Lines log = new Lines();

  @Test
  void callIsALineOfTheLog() throws Exception {
    MockWebServer server = servers.answering(request -> text("Ada"));
    assertThat(value(HowtoObserveSnippets.logged(log, base(server)))).isEqualTo("Ada");
    assertThat(log.lines).hasSize(1);
    assertThat(log.lines.get(0))
        .matches("DEBUG user GET " + base(server) + "/users/7: 200 in [0-9]+ ms");
  }

  @Test
  void callIsCountedByItsTemplate() throws Exception {
    MockWebServer server = servers.answering(request -> text("Ada"));
    AsyncHttpClient client =
        servers.closing(AsyncHttpClient.builder().baseUrl(base(server)).build());
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    value(HowtoObserveSnippets.measured(client, "shop", registry));
    assertThat(
            registry
                .get("http.client.requests")
                .tag("uri", "/users/{id}")
                .tag("client.name", "shop")
                .tag("status", "200")
                .timer()
                .count())
        .isEqualTo(1);
  }

  @Test
  void serverGetsTheTraceOfItsAttempt() throws Exception {
    InMemorySpanExporter exporter = InMemorySpanExporter.create();
    OpenTelemetry telemetry =
        OpenTelemetrySdk.builder()
            .setTracerProvider(
                SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    MockWebServer server = servers.answering(request -> text("Ada"));
    AsyncHttpClient client = servers.closing(HowtoObserveSnippets.traced(telemetry, base(server)));
    value(client.get("/users/{id}", 7).asString());
    String sent = server.takeRequest().getHeaders().get("traceparent");
    List<SpanData> spans = exporter.getFinishedSpanItems();
    assertThat(spans).hasSize(2);
    assertThat(spans).extracting(SpanData::getName).containsOnly("GET /users/{id}");
    assertThat(spans.stream().map(span -> span.getTraceId() + "-" + span.getSpanId()))
        .anyMatch(String.valueOf(sent)::contains);
  }

  @Test
  void dependentsHaveTheContextOfTheirCaller() throws Exception {
    Field adapter = MDC.class.getDeclaredField("MDC_ADAPTER");
    adapter.setAccessible(true);
    Object before = adapter.get(null);
    // The logging library of this module has none.
    adapter.set(null, new BasicMDCAdapter());
    try {
      MockWebServer server = servers.answering(request -> text("Ada"));
      value(HowtoObserveSnippets.withContext(log, base(server), "o-1"));
      assertThat(log.lines).containsExactly("INFO 3 characters {order=o-1}");
      assertThat(MDC.get("order")).isNull();
    } finally {
      adapter.set(null, before);
    }
  }

  /** A logger that keeps its lines, with the context if there is one. */
  private static final class Lines extends LegacyAbstractLogger {

    @Serial private static final long serialVersionUID = 1;

    private final transient List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected String getFullyQualifiedCallerName() {
      return "";
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable thrown) {
      String text = level + " " + MessageFormatter.basicArrayFormat(pattern, arguments);
      String order = MDC.get("order");
      lines.add(order == null ? text : text + " {order=" + order + "}");
    }

    @Override
    public boolean isTraceEnabled() {
      return true;
    }

    @Override
    public boolean isDebugEnabled() {
      return true;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }
  }
}
