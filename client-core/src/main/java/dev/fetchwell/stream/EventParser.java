package dev.fetchwell.stream;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Interprets the lines of an event stream as the <a
 * href="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation">HTML
 * standard</a> says. Confined to one thread.
 */
final class EventParser {

  private static final Duration LONGEST = Duration.ofDays(10);

  private final StringBuilder data = new StringBuilder();
  private final int maxLength;
  private String type = "";
  private String idBuffer;
  private String dispatchedId;
  private boolean first = true;
  private @Nullable Duration reconnectionTime;

  /** The data are over the limit. */
  static final class TooLong extends RuntimeException {

    private static final long serialVersionUID = 1L;
  }

  /**
   * A parser for one connection.
   *
   * @param lastEventId the id that the connection before ended with
   * @param maxLength the most characters of one event's data
   */
  EventParser(String lastEventId, int maxLength) {
    this.idBuffer = lastEventId;
    this.dispatchedId = lastEventId;
    this.maxLength = maxLength;
  }

  /** Takes a line without its end; gives an event if this line completes one with data. */
  Optional<ServerSentEvent> line(String text) {
    String line = first && text.startsWith("\uFEFF") ? text.substring(1) : text;
    first = false;
    if (line.isEmpty()) {
      return dispatch();
    }
    int colon = line.indexOf(':');
    if (colon == 0) {
      return Optional.empty();
    }
    String field = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    process(field, value.startsWith(" ") ? value.substring(1) : value);
    return Optional.empty();
  }

  /** The id to reconnect with: the last one that a blank line followed. */
  String lastEventId() {
    return dispatchedId;
  }

  /** What the server asked for with {@code retry}. */
  Optional<Duration> reconnectionTime() {
    return Optional.ofNullable(reconnectionTime);
  }

  private void process(String field, String value) {
    switch (field) {
      case "event" -> type = value;
      case "data" -> {
        if (data.length() + value.length() > maxLength) {
          throw new TooLong();
        }
        data.append(value).append('\n');
      }
      case "id" -> {
        if (value.indexOf('\0') < 0) {
          idBuffer = value;
        }
      }
      case "retry" -> {
        if (value.matches("[0-9]+")) {
          reconnectionTime = milliseconds(value.replaceFirst("^0+(?=.)", ""));
        }
      }
      default -> {
        // The standard: a field of another name is ignored.
      }
    }
  }

  private static Duration milliseconds(String digits) {
    return digits.length() > 9 ? LONGEST : Duration.ofMillis(Long.parseLong(digits));
  }

  private Optional<ServerSentEvent> dispatch() {
    dispatchedId = idBuffer;
    Optional<ServerSentEvent> event = Optional.empty();
    if (data.length() > 0) {
      String text = data.substring(0, data.length() - 1);
      event = Optional.of(new ServerSentEvent(type.isEmpty() ? "message" : type, text, idBuffer));
    }
    data.setLength(0);
    type = "";
    return event;
  }
}
