package dev.fetchwell.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * HAR 1.2, with what Chromium's and Firefox's importers ask for beside it: an array of pages, a
 * cache, an address that parses, and numbers that are some.
 */
public final class HarRules {

  private static final Set<String> ENTRY =
      Set.of(
          "startedDateTime",
          "time",
          "request",
          "response",
          "cache",
          "timings",
          "serverIPAddress",
          "connection");

  private HarRules() {}

  /** The entries of a file that keeps to the rules. */
  public static List<JsonNode> entries(Path file) throws IOException {
    return entriesOf(Files.readString(file));
  }

  /** As above, of a text. */
  public static List<JsonNode> entriesOf(String text) {
    JsonNode log = JsonMapper.shared().readTree(text).path("log");
    assertThat(log.path("version").stringValue()).isEqualTo("1.2");
    assertThat(log.path("creator").path("name").isString()).isTrue();
    assertThat(log.path("creator").path("version").isString()).isTrue();
    assertThat(log.path("pages").isArray()).as("Firefox asks for pages").isTrue();
    assertThat(log.path("entries").isArray()).isTrue();
    List<JsonNode> entries = new ArrayList<>();
    for (JsonNode entry : log.path("entries")) {
      check(entry);
      entries.add(entry);
    }
    return entries;
  }

  private static void check(JsonNode entry) {
    entry
        .propertyNames()
        .forEach(
            name -> assertThat(ENTRY.contains(name) || name.startsWith("_")).as(name).isTrue());
    OffsetDateTime.parse(entry.path("startedDateTime").stringValue());
    assertThat(entry.path("cache").isObject()).isTrue();
    checkRequest(entry.path("request"));
    checkResponse(entry.path("response"));
    JsonNode timings = entry.path("timings");
    double sum = 0;
    for (String part : List.of("blocked", "dns", "connect", "send", "wait", "receive")) {
      double time = number(timings, part);
      assertThat(time == -1 || time >= 0).as(entry.toString()).isTrue();
      sum += Math.max(0, time);
    }
    for (String part : List.of("send", "wait", "receive")) {
      assertThat(number(timings, part)).as(part).isGreaterThanOrEqualTo(0);
    }
    assertThat(number(timings, "ssl")).isLessThanOrEqualTo(number(timings, "connect"));
    assertThat(Math.abs(sum - number(entry, "time"))).as(entry.toString()).isLessThan(0.01);
  }

  private static void checkRequest(JsonNode request) {
    text(request, "method", "httpVersion", "url");
    assertThat(URI.create(request.path("url").stringValue()).isAbsolute()).isTrue();
    arrays(request, "cookies", "headers", "queryString");
    number(request, "headersSize");
    number(request, "bodySize");
    if (request.has("postData")) {
      text(request.path("postData"), "mimeType", "text");
    }
  }

  private static void checkResponse(JsonNode response) {
    text(response, "statusText", "httpVersion", "redirectURL");
    arrays(response, "cookies", "headers");
    number(response, "status");
    number(response, "headersSize");
    number(response, "bodySize");
    number(response.path("content"), "size");
    text(response.path("content"), "mimeType");
  }

  private static void text(JsonNode object, String... names) {
    for (String name : names) {
      assertThat(object.path(name).isString()).as(name + " of " + object).isTrue();
    }
  }

  private static void arrays(JsonNode object, String... names) {
    for (String name : names) {
      assertThat(object.path(name).isArray()).as(name + " of " + object).isTrue();
      for (JsonNode each : object.path(name)) {
        text(each, "name", "value");
      }
    }
  }

  private static double number(JsonNode object, String name) {
    assertThat(object.path(name).isNumber()).as(name + " of " + object).isTrue();
    return object.path(name).doubleValue();
  }
}
