package dev.fetchwell.observe;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.async.Guard;
import dev.fetchwell.internal.text.JsonWriter;
import dev.fetchwell.internal.text.RequestUri;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, or one hop of it, as it will stand in the file. It keeps no more of what was sent
 * than is written: not the body of a request, unless somebody asked for it.
 */
final class HarEntry {

  private static final int LARGE = 1 << 20;

  private final CallInfo call;
  private final Instant started;
  private final HarTimings timings;
  private final int status;
  private final @Nullable Sent sent;

  /** Where it went, if it is not known what was sent. */
  private final @Nullable String target;

  /** Fields that HAR does not know, by name; of a kind that JSON has. */
  private final List<Field> fields = new ArrayList<>();

  private @Nullable String redirectedTo;
  private @Nullable FetchError error;

  private record Field(String name, Object value) {}

  /** What went over the wire, as far as it may be shown. */
  private record Sent(
      String method,
      String url,
      List<Header> headers,
      HarBody body,
      Map<String, List<String>> answerHeaders,
      HarBody answer,
      String protocol,
      String peer,
      long bytesOut,
      long bytesIn) {

    static Sent of(Exchanged exchanged, int bodies) {
      FetchRequest request = exchanged.request();
      Map<String, List<String>> headers = exchanged.headers();
      return new Sent(
          request.method().toString(),
          RequestUri.redacted(request.url()),
          request.headers(),
          bodies == 0 ? HarBody.NONE : sent(exchanged, bodies),
          headers,
          bodies == 0 ? HarBody.NONE : HarBody.of(exchanged.body(), mediaType(headers), bodies),
          exchanged.protocol(),
          exchanged.peer(),
          exchanged.bytesOut(),
          exchanged.bytesIn());
    }

    /** Of what is large no copy is made, only to show its beginning; a body may be foreign code. */
    private static HarBody sent(Exchanged exchanged, int atMost) {
      RequestBody body = exchanged.request().body().orElse(null);
      if (body == null || exchanged.bytesOut() > Math.max(LARGE, atMost)) {
        return HarBody.NONE;
      }
      return Guard.get(
          () ->
              body.bytes()
                  .map(bytes -> HarBody.of(bytes, body.mediaType(), atMost))
                  .orElse(HarBody.NONE),
          HarBody.NONE);
    }

    private static String mediaType(Map<String, List<String>> headers) {
      for (Map.Entry<String, List<String>> header : headers.entrySet()) {
        if (header.getKey().equalsIgnoreCase("Content-Type") && !header.getValue().isEmpty()) {
          return header.getValue().get(0);
        }
      }
      return "";
    }
  }

  HarEntry(
      CallInfo call,
      Instant started,
      HarTimings timings,
      int status,
      @Nullable Exchanged exchanged,
      @Nullable String target,
      int bodies) {
    this.call = call;
    this.started = started;
    this.timings = timings;
    this.status = status;
    this.sent = exchanged == null ? null : Sent.of(exchanged, bodies);
    this.target = target;
  }

  /** A fact that HAR has no place for. */
  HarEntry with(String name, Object value) {
    fields.add(new Field("_" + name, value));
    return this;
  }

  /** A time that HAR has no place for, in milliseconds. */
  HarEntry with(String name, Duration time) {
    return with(name, (Object) HarTimings.millis(time.toNanos()));
  }

  HarEntry failed(@Nullable FetchError with) {
    error = with;
    return this;
  }

  HarEntry redirectedTo(String address) {
    redirectedTo = address;
    return this;
  }

  /** About how much memory it holds until it is written. */
  int size() {
    return sent == null ? 0 : sent.body().size() + sent.answer().size();
  }

  String toJson() {
    JsonWriter json =
        new JsonWriter()
            .object()
            .put("startedDateTime", started.truncatedTo(ChronoUnit.MICROS).toString())
            .put("time", HarTimings.millis(timings.sum()));
    writeRequest(json);
    writeResponse(json);
    json.object("cache").endObject();
    timings.writeTo(json);
    if (sent != null && !sent.peer().isEmpty()) {
      int colon = sent.peer().lastIndexOf(':');
      json.put("serverIPAddress", sent.peer().substring(0, colon));
      json.put("connection", sent.peer().substring(colon + 1));
    }
    json.put("_resourceType", "fetch").put("_call", call.id());
    if (!call.tag().isEmpty()) {
      json.put("_tag", call.tag());
    }
    if (!call.template().isEmpty()) {
      json.put("_template", call.template());
    }
    fields.forEach(field -> write(json, field));
    if (error != null) {
      json.object("_error")
          .put("type", error.getClass().getSimpleName())
          .put("message", message(error))
          .endObject();
    }
    return json.endObject().toString();
  }

  private static void write(JsonWriter json, Field field) {
    if (field.value() instanceof Double number) {
      json.put(field.name(), number);
    } else if (field.value() instanceof Number number) {
      json.put(field.name(), number.longValue());
    } else if (field.value() instanceof Boolean truth) {
      json.put(field.name(), truth);
    } else {
      json.put(field.name(), field.value().toString());
    }
  }

  private static String message(FetchError error) {
    String message = error.getMessage();
    return message == null ? "" : message;
  }

  private void writeRequest(JsonWriter json) {
    String url = HarText.address(sent != null ? sent.url() : target != null ? target : call.url());
    json.object("request")
        .put("method", sent == null ? call.method() : sent.method())
        .put("url", url)
        .put("httpVersion", version())
        .array("cookies")
        .endArray()
        .array("headers");
    if (sent != null) {
      sent.headers().forEach(each -> header(json, each.name(), each.value(), each.secret()));
    }
    json.endArray().array("queryString");
    int query = url.indexOf('?');
    if (query >= 0) {
      for (String each : url.substring(query + 1).split("&", -1)) {
        int equals = each.indexOf('=');
        json.object()
            .put("name", equals < 0 ? each : each.substring(0, equals))
            .put("value", equals < 0 ? "" : each.substring(equals + 1))
            .endObject();
      }
    }
    json.endArray();
    if (sent != null && sent.body().size() > 0) {
      json.object("postData").put("mimeType", sent.body().mediaType());
      sent.body().writeTo(json, "_encoding");
      json.endObject();
    }
    json.put("headersSize", -1).put("bodySize", sent == null ? 0 : sent.bytesOut()).endObject();
  }

  private void writeResponse(JsonWriter json) {
    json.object("response")
        .put("status", status)
        .put("statusText", "")
        .put("httpVersion", version())
        .array("cookies")
        .endArray()
        .array("headers");
    if (sent != null) {
      sent.answerHeaders()
          .forEach((name, values) -> values.forEach(value -> header(json, name, value, false)));
    }
    json.endArray().object("content").put("size", sent == null ? 0 : sent.bytesIn());
    json.put("mimeType", sent == null ? "" : Sent.mediaType(sent.answerHeaders()));
    if (sent != null) {
      sent.answer().writeTo(json, "encoding");
    }
    json.endObject()
        .put("redirectURL", redirectedTo == null ? "" : redirectedTo)
        .put("headersSize", -1)
        .put("bodySize", sent == null ? 0 : sent.bytesIn());
    if (error != null) {
      json.put("_error", error.getClass().getSimpleName());
    }
    json.endObject();
  }

  private static void header(JsonWriter json, String name, String value, boolean secret) {
    json.object().put("name", name).put("value", HarText.value(name, value, secret)).endObject();
  }

  private String version() {
    String protocol = sent == null ? "" : sent.protocol();
    return protocol.startsWith("h2")
        ? "HTTP/2.0"
        : protocol.isEmpty() ? "unknown" : protocol.toUpperCase(Locale.ROOT);
  }
}
