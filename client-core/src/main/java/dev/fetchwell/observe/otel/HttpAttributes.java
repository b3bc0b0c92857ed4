package dev.fetchwell.observe.otel;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.Exchanged;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is said of an attempt, by <a
 * href="https://opentelemetry.io/docs/specs/semconv/http/">OpenTelemetry's conventions for
 * HTTP</a>.
 *
 * @param ofSpan all of it
 * @param ofMetric what has few values
 */
record HttpAttributes(Attributes ofSpan, Attributes ofMetric, boolean isError) {

  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

  /** The type of what the JDK makes of a call that was cancelled. */
  static final String CANCELLED = "java.util.concurrent.CancellationException";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  /** The name of a span: never the address. */
  static String name(CallInfo call) {
    String method = METHODS.contains(call.method()) ? call.method() : "HTTP";
    return call.template().isEmpty() ? method : method + " " + call.template();
  }

  static HttpAttributes of(AttemptEnded event) {
    AttributesBuilder metric = Attributes.builder();
    CallInfo call = event.call();
    boolean isKnown = METHODS.contains(call.method());
    metric.put("http.request.method", isKnown ? call.method() : "_OTHER");
    Exchanged exchanged = event.exchanged();
    if (exchanged != null) {
      addServer(metric, exchanged.request().url());
      addProtocol(metric, exchanged.protocol());
    }
    if (event.status() > 0) {
      metric.put("http.response.status_code", event.status());
    }
    String error = errorType(event);
    if (error != null) {
      metric.put(ERROR_TYPE, error);
    }
    Attributes ofMetric = metric.build();
    AttributesBuilder span = ofMetric.toBuilder();
    if (!isKnown) {
      span.put("http.request.method_original", call.method());
    }
    if (event.attempt() > 1) {
      span.put("http.request.resend_count", event.attempt() - 1L);
    }
    if (!call.template().isEmpty()) {
      span.put("url.template", call.template());
    }
    span.put("url.full", exchanged == null ? call.url() : shown(exchanged.request()));
    if (exchanged != null && !exchanged.peer().isEmpty()) {
      int colon = exchanged.peer().lastIndexOf(':');
      span.put("network.peer.address", exchanged.peer().substring(0, colon));
      span.put("network.peer.port", Long.parseLong(exchanged.peer().substring(colon + 1)));
    }
    return new HttpAttributes(span.build(), ofMetric, error != null);
  }

  private static String shown(FetchRequest request) {
    return RequestUri.redacted(request.url());
  }

  private static void addServer(AttributesBuilder attributes, URI url) {
    int port = url.getPort();
    attributes.put("server.address", url.getHost());
    attributes.put("server.port", port > 0 ? port : RequestUri.isSecure(url) ? HTTPS : HTTP);
  }

  private static void addProtocol(AttributesBuilder attributes, String protocol) {
    if (protocol.startsWith("h2")) {
      attributes.put("network.protocol.version", "2");
    } else if (protocol.startsWith("http/")) {
      attributes.put("network.protocol.version", protocol.substring("http/".length()));
    }
  }

  private static @Nullable String errorType(AttemptEnded event) {
    FetchError error = event.error();
    if (error instanceof HttpStatusError failed) {
      return Integer.toString(failed.status());
    }
    if (error != null) {
      return error.getClass().getName();
    }
    return event.status() == 0 ? CANCELLED : event.status() >= 400 ? event.status() + "" : null;
  }
}
