package dev.fetchwell.observe.otel;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.AttemptStarted;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.CallListener;
import dev.fetchwell.observe.CallStarted;
import dev.fetchwell.policy.AttemptInfo;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The spans of the calls that run. Thread-safe. */
final class Spans implements CallListener {

  private static final String SCOPE = "dev.fetchwell";

  /** In seconds; as the conventions advise. */
  private static final List<Double> BUCKETS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

  private final Tracer tracer;
  private final TextMapPropagator propagator;
  private final DoubleHistogram duration;
  private final boolean tracesCalls;

  /** By the numbers of their calls. */
  private final ConcurrentHashMap<Long, Traced> running = new ConcurrentHashMap<>();

  Spans(OpenTelemetry telemetry, boolean tracesCalls) {
    tracer = telemetry.getTracer(SCOPE);
    propagator = telemetry.getPropagators().getTextMapPropagator();
    duration =
        telemetry
            .getMeter(SCOPE)
            .histogramBuilder("http.client.request.duration")
            .setUnit("s")
            .setDescription("Duration of HTTP client requests.")
            .setExplicitBucketBoundariesAdvice(BUCKETS)
            .build();
    this.tracesCalls = tracesCalls;
  }

  /** One call that runs, and the spans of its attempts by their numbers. */
  private record Traced(
      CallInfo call, Context parent, @Nullable Span span, Map<Integer, Span> attempts) {}

  @Override
  public void callStarted(CallStarted event) {
    CallInfo call = event.call();
    Context parent = Context.current();
    Span span = null;
    if (tracesCalls) {
      span = tracer.spanBuilder(HttpAttributes.name(call)).setParent(parent).startSpan();
      parent = parent.with(span);
    }
    running.put(call.id(), new Traced(call, parent, span, new ConcurrentHashMap<>()));
  }

  @Override
  public void attemptStarted(AttemptStarted event) {
    Traced traced = running.get(event.call().id());
    if (traced != null) {
      span(traced, event.attempt());
    }
  }

  /** A filter of an attempt beside another one is asked before the attempt is told of. */
  private Span span(Traced traced, int attempt) {
    return traced
        .attempts()
        .computeIfAbsent(
            attempt,
            number ->
                tracer
                    .spanBuilder(HttpAttributes.name(traced.call()))
                    .setSpanKind(SpanKind.CLIENT)
                    .setParent(traced.parent())
                    .startSpan());
  }

  /** The request with the context of its attempt. */
  CompletionStage<FetchRequest> propagated(FetchRequest request, AttemptInfo attempt) {
    return CompletableFuture.completedFuture(Guard.get(() -> with(request, attempt), request));
  }

  private FetchRequest with(FetchRequest request, AttemptInfo attempt) {
    Traced traced = running.get(attempt.call());
    if (traced == null) {
      return request;
    }
    Map<String, String> headers = new HashMap<>();
    Context context = traced.parent().with(span(traced, attempt.number()));
    propagator.inject(context, headers, (carrier, name, value) -> headers.put(name, value));
    FetchRequest changed = request;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      changed = changed.withHeader(header.getKey(), header.getValue());
    }
    return changed;
  }

  @Override
  public void attemptEnded(AttemptEnded event) {
    Traced traced = running.get(event.call().id());
    Span span = traced == null ? null : traced.attempts().remove(event.attempt());
    if (span == null) {
      return;
    }
    HttpAttributes attributes = HttpAttributes.of(event);
    span.setAllAttributes(attributes.ofSpan());
    if (attributes.isError()) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
    if (event.exchanged() != null) {
      duration.record(event.phases().onTheWire().toNanos() / 1e9, attributes.ofMetric());
    }
  }

  @Override
  public void callEnded(CallEnded event) {
    Traced traced = running.remove(event.call().id());
    if (traced != null && traced.span() != null) {
      if (event.error() != null) {
        traced.span().setAttribute(HttpAttributes.ERROR_TYPE, event.error().getClass().getName());
        traced.span().setStatus(StatusCode.ERROR);
      }
      traced.span().end();
    }
  }

  @Override
  public void callCancelled(CallCancelled event) {
    Traced traced = running.remove(event.call().id());
    if (traced != null && traced.span() != null) {
      traced.span().setAttribute(HttpAttributes.ERROR_TYPE, HttpAttributes.CANCELLED);
      traced.span().end();
    }
  }
}
