package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.internal.async.Platform;
import dev.fetchwell.internal.async.Pull;
import dev.fetchwell.internal.async.Timer;
import dev.fetchwell.internal.call.RequestAccess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The events of a feed over as many connections as it takes. */
final class EventPull implements Pull<ServerSentEvent> {

  private static final System.Logger LOG = System.getLogger("dev.fetchwell");

  private final RequestSpec spec;
  private final EventStream settings;
  private final Timer timer;
  private final CancellableWait wait;
  private final Reconnects reconnects;
  private EventParser parser;

  /** The call of the connection that there is, or was last. */
  private CompletableFuture<StreamedResponse> call = new CompletableFuture<>();

  private @Nullable StreamedResponse response;
  private @Nullable LineReader lines;
  private long openedAt;

  /** A server may send as many such ids as it likes. */
  private boolean warned;

  EventPull(RequestSpec spec, EventStream settings, Platform platform) {
    this.spec = spec;
    this.settings = settings;
    this.timer = platform.timer();
    this.wait = new CancellableWait(platform);
    this.parser = new EventParser(settings.firstEventId(), settings.maxLength());
    this.reconnects =
        new Reconnects(
            settings.reconnectDelay(),
            settings.maxReconnectDelay(),
            settings.maxFailures(),
            platform.random());
  }

  @Override
  public @Nullable ServerSentEvent next() {
    while (true) {
      try {
        LineReader connected = lines == null ? connect() : lines;
        if (connected == null) {
          return null;
        }
        Optional<ServerSentEvent> event = read(connected);
        if (event.isPresent()) {
          reconnects.heard();
          return event.get();
        }
        if (settings.isOnce()) {
          return null;
        }
        reset();
        pause(reconnects.afterEnd(Duration.ofNanos(timer.nanoTime() - openedAt)), null);
      } catch (FetchError error) {
        if (wait.isCancelled()) {
          throw new CancellationException("the event stream was cancelled");
        }
        if (settings.isOnce()) {
          throw error;
        }
        reset();
        pause(reconnects.after(error), error);
      }
    }
  }

  private void pause(Duration delay, @Nullable FetchError cause) {
    RequestAccess.tellReconnecting(call, delay, cause, !sendableEventId().isEmpty());
    wait.pause(delay);
  }

  /** The last event's id if a header can hold it, or an empty string. */
  private String sendableEventId() {
    String id = parser.lastEventId();
    if (id.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      return id;
    }
    // A part of it would be another event's id, which is worse than none.
    if (!warned) {
      warned = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "an event id outside ASCII cannot be sent back: the server cannot tell where to go on");
    }
    return "";
  }

  /** The lines of a new connection, or null if the server says that there are no further events. */
  private @Nullable LineReader connect() {
    RequestSpec request = spec.copy();
    String id = sendableEventId();
    if (!id.isEmpty()) {
      request.header("Last-Event-ID", id);
    }
    call = request.asStream();
    StreamedResponse opened = wait.open(call);
    openedAt = timer.nanoTime();
    response = opened;
    if (opened.status() == 204) {
      opened.close();
      return null;
    }
    String type = opened.header("Content-Type").orElse("");
    if (opened.status() != 200 || !isEventStream(type)) {
      opened.close();
      throw new DecodeError(
          ServerSentEvent.class,
          // Which type instead is the server's text, and no message quotes that.
          "status "
              + opened.status()
              + (isEventStream(type)
                  ? ""
                  : (type.isEmpty() ? " with no" : " with another")
                      + " Content-Type (expected: text/event-stream)"),
          "",
          opened.facts(),
          null);
    }
    // The standard: event streams are UTF-8, whatever the header says.
    LineReader connected = new LineReader(opened, StandardCharsets.UTF_8, settings.maxLength());
    lines = connected;
    return connected;
  }

  private Optional<ServerSentEvent> read(LineReader connected) {
    String line = connected.next();
    while (line != null) {
      Optional<ServerSentEvent> event;
      try {
        event = parser.line(line);
      } catch (EventParser.TooLong tooLong) {
        throw tooLarge();
      }
      if (event.isPresent()) {
        return event;
      }
      line = connected.next();
    }
    return Optional.empty();
  }

  private FetchError tooLarge() {
    StreamedResponse current = response;
    if (current == null) {
      throw new IllegalStateException("a line without a response");
    }
    current.close();
    return BodyTooLargeError.ofPart("event", settings.maxLength(), current.facts());
  }

  /** An incomplete event is dropped, as the standard says. */
  private void reset() {
    lines = null;
    parser.reconnectionTime().ifPresent(reconnects::asked);
    parser = new EventParser(parser.lastEventId(), settings.maxLength());
  }

  private static boolean isEventStream(String type) {
    return type.split(";", 2)[0].strip().equalsIgnoreCase("text/event-stream");
  }

  @Override
  public void cancel() {
    wait.cancel();
  }
}
