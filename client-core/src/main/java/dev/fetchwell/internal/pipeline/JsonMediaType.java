package dev.fetchwell.internal.pipeline;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a response says of a body that was to be JSON. */
final class JsonMediaType {

  /** The names that a message may show: a server could write anything into the header. */
  private static final Set<String> WELL_KNOWN =
      Set.of(
          "text/html",
          "text/plain",
          "text/xml",
          "text/csv",
          "text/css",
          "text/javascript",
          "text/event-stream",
          "text/markdown",
          "application/xml",
          "application/xhtml+xml",
          "application/atom+xml",
          "application/rss+xml",
          "application/problem+xml",
          "application/soap+xml",
          "application/javascript",
          "application/octet-stream",
          "application/pdf",
          "application/zip",
          "application/gzip",
          "application/x-www-form-urlencoded",
          "application/x-ndjson",
          "application/x-protobuf",
          "application/protobuf",
          "application/grpc",
          "application/cbor",
          "application/msgpack",
          "application/yaml",
          "application/x-yaml",
          "multipart/form-data",
          "image/gif",
          "image/jpeg",
          "image/png",
          "image/svg+xml");

  private JsonMediaType() {}

  /** That the response does not say it is JSON; an empty string if it does, or says nothing. */
  static String remark(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    if (type.equals("application/json") || type.equals("text/json") || type.endsWith("+json")) {
      return "";
    }
    return WELL_KNOWN.contains(type)
        ? "; its Content-Type is " + type
        : "; its Content-Type is not that of JSON";
  }
}
