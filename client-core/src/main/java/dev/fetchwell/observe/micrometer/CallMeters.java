package dev.fetchwell.observe.micrometer;

import dev.fetchwell.error.ConnectionError;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.FetchTimeoutError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.observe.AttemptEnded;
import dev.fetchwell.observe.CallCancelled;
import dev.fetchwell.observe.CallEnded;
import dev.fetchwell.observe.CallInfo;
import dev.fetchwell.observe.Exchanged;
import dev.fetchwell.observe.RetryScheduled;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The timers and counters of calls. */
final class CallMeters {

  private static final String NONE = "none";

  private final MeterRegistry registry;
  private final Tags common;
  private final @Nullable HostMeters hosts;

  /**
   * Meters of calls.
   *
   * @param hosts which hosts are told apart; null if none are
   */
  CallMeters(MeterRegistry registry, Tags common, @Nullable HostMeters hosts) {
    this.registry = registry;
    this.common = common;
    this.hosts = hosts;
  }

  void ended(CallEnded event) {
    FetchError error = event.error();
    int status = error instanceof HttpStatusError failed ? failed.status() : event.status();
    boolean answered = error == null || error instanceof HttpStatusError;
    Tags tags =
        of(event.call())
            .and("status", answered ? Integer.toString(status) : reasonOf(error))
            .and("outcome", answered ? outcome(status) : "UNKNOWN")
            .and("exception", error == null ? NONE : error.getClass().getSimpleName());
    timer("http.client.requests", tags).record(event.elapsed());
    if (!event.queueTime().equals(Duration.ZERO)) {
      timer("fetchwell.queue.time", common).record(event.queueTime());
    }
  }

  void attempted(AttemptEnded event) {
    if (hosts != null) {
      Exchanged exchanged = event.exchanged();
      String host = exchanged == null ? event.call().host() : exchanged.request().host();
      hosts.called(host);
      if (event.attempt() > 1) {
        hosts.retried(host);
      }
    }
  }

  void cancelled(CallCancelled event) {
    Tags tags =
        of(event.call())
            .and("status", "CANCELLED", "outcome", "UNKNOWN")
            .and("exception", "CancellationException");
    timer("http.client.requests", tags).record(event.elapsed());
  }

  void retried(RetryScheduled event) {
    FetchError error = event.error();
    String reason =
        error instanceof HttpStatusError failed ? Integer.toString(failed.status()) : kindOf(error);
    Iterable<Tag> tags = common.and("reason", reason);
    registry.counter("fetchwell.retries", tags).increment();
  }

  /** By the method that Micrometer before 1.16 has, too, as in Spring Boot 3. */
  private Timer timer(String name, Iterable<Tag> tags) {
    return registry.timer(name, tags);
  }

  private Tags of(CallInfo call) {
    String uri = call.tag().isEmpty() ? call.template() : call.tag();
    Tags tags = common.and("method", call.method(), "uri", uri.isEmpty() ? NONE : uri);
    return hosts == null ? tags : tags.and("host", hosts.tagOf(call.host()));
  }

  /** As Spring's clients have it where no answer came. */
  private static String reasonOf(@Nullable FetchError error) {
    return error instanceof ConnectionError || error instanceof FetchTimeoutError
        ? "IO_ERROR"
        : "CLIENT_ERROR";
  }

  private static String kindOf(FetchError error) {
    if (error instanceof ConnectionError broken) {
      return broken.kind().name();
    }
    return error instanceof FetchTimeoutError timeout
        ? timeout.phase() + "_TIMEOUT"
        : error.getClass().getSimpleName();
  }

  private static String outcome(int status) {
    return switch (status / 100) {
      case 1 -> "INFORMATIONAL";
      case 2 -> "SUCCESS";
      case 3 -> "REDIRECTION";
      case 4 -> "CLIENT_ERROR";
      case 5 -> "SERVER_ERROR";
      default -> "UNKNOWN";
    };
  }
}
