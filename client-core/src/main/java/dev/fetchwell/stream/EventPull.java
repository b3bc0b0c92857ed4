package dev.fetchwell.stream;

import dev.fetchwell.RequestSpec;
import dev.fetchwell.StreamedResponse;
import dev.fetchwell.error.BodyTooLargeError;
import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.DecodeError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.internal.concurrent.CallThreads;
import dev.fetchwell.internal.concurrent.Pull;
import dev.fetchwell.internal.concurrent.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The events of a feed over as many connections as it takes. */
final class EventPull implements Pull<ServerSentEvent> {

  private static final RandomGenerator JITTER = new Random();

  private final RequestSpec spec;
  private final EventStream settings;
  private final Opening opening = new Opening();
  private @Nullable StreamedResponse response;
  private @Nullable LineReader lines;
  private EventParser parser;
  private @Nullable Duration asked;
  private int failures;

  EventPull(RequestSpec spec, EventStream settings) {
    this.spec = spec;
    this.settings = settings;
    this.parser = new EventParser(settings.firstEventId(), settings.maxLength());
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
          failures = 0;
          return event.get();
        }
        // The server closed the connection, which is no failure but the end of this one.
        disconnected(null);
      } catch (FetchError error) {
        if (opening.isCancelled()) {
          throw new CancellationException("the event stream was cancelled");
        }
        if (!isTransient(error)) {
          throw error;
        }
        disconnected(error);
      }
    }
  }

  /** The lines of a new connection, or null if the server says that there are no more events. */
  private @Nullable LineReader connect() {
    RequestSpec request = spec.copy();
    if (!parser.lastEventId().isEmpty()) {
      request.header("Last-Event-ID", inLatin1(parser.lastEventId()));
    }
    StreamedResponse opened = opening.open(request);
    response = opened;
    if (opened.status() == 204) {
      opened.close();
      return null;
    }
    String type = opened.header("Content-Type").orElse("none").toLowerCase(Locale.ROOT);
    if (opened.status() != 200 || !type.startsWith("text/event-stream")) {
      opened.close();
      throw new DecodeError(
          ServerSentEvent.class,
          "status " + opened.status() + " with Content-Type " + type,
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
    return new BodyTooLargeError(settings.maxLength(), current.facts());
  }

  /** Waits before the next connection; with an incomplete event dropped, as the standard says. */
  private void disconnected(@Nullable FetchError error) {
    lines = null;
    parser.reconnectionTime().ifPresent(time -> asked = time);
    parser = new EventParser(parser.lastEventId(), settings.maxLength());
    if (error != null && ++failures > settings.maxFailures()) {
      throw error;
    }
    Duration base = asked == null ? settings.reconnectDelay() : asked;
    opening.await(after(settings.delay(base, Math.max(1, failures), JITTER)));
    if (opening.isCancelled()) {
      throw new CancellationException("the event stream was cancelled");
    }
  }

  private static CompletableFuture<@Nullable Void> after(Duration delay) {
    CompletableFuture<@Nullable Void> elapsed = new CompletableFuture<>();
    Timer.Scheduled timer = CallThreads.timer().schedule(delay, () -> elapsed.complete(null));
    var unused = elapsed.whenComplete((none, cancelled) -> timer.cancel());
    return elapsed;
  }

  private static boolean isTransient(FetchError error) {
    if (error instanceof HttpStatusError failed) {
      return failed.status() >= 500 || failed.status() == 429 || failed.status() == 408;
    }
    return error instanceof FetchTimeoutError
        || (error instanceof ConnectionError broken && broken.kind() != ConnectionError.Kind.TLS);
  }

  /** The standard sends the id's UTF-8 bytes as they are; header values here are ASCII. */
  private static String inLatin1(String id) {
    StringBuilder ascii = new StringBuilder();
    id.chars().filter(c -> c >= ' ' && c <= '~').forEach(c -> ascii.append((char) c));
    return ascii.toString();
  }

  @Override
  public void cancel() {
    opening.cancel();
  }
}
