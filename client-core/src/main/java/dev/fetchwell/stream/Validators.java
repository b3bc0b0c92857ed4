package dev.fetchwell.stream;

import dev.fetchwell.StreamedResponse;
import dev.fetchwell.internal.text.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Finds what a range request can be made conditional on. */
final class Validators {

  private Validators() {}

  /**
   * A strong validator (RFC 9110, section 8.8): an entity tag that is not weak, or a last
   * modification that is at least a minute older than the answer.
   */
  static Optional<String> strong(StreamedResponse response) {
    Optional<String> tag = response.header("ETag").filter(value -> value.startsWith("\""));
    return tag.isPresent() ? tag : strongDate(response);
  }

  private static Optional<String> strongDate(StreamedResponse response) {
    Optional<String> modified = response.header("Last-Modified");
    Optional<Instant> changed = modified.flatMap(Validators::date);
    Optional<Instant> answered = response.header("Date").flatMap(Validators::date);
    if (changed.isEmpty() || answered.isEmpty()) {
      return Optional.empty();
    }
    boolean strong = !changed.get().plus(Duration.ofMinutes(1)).isAfter(answered.get());
    return strong ? modified : Optional.empty();
  }

  /** Whether a part that is sent says of itself that it belongs to another version. */
  static boolean contradict(StreamedResponse part, String validator) {
    String header = validator.startsWith("\"") ? "ETag" : "Last-Modified";
    return part.header(header).filter(value -> !value.equals(validator)).isPresent();
  }

  private static Optional<Instant> date(String text) {
    // The date that tells the century of two-digit years matters to no file of today.
    return RetryAfter.date(text, Instant.EPOCH.plus(Duration.ofDays(20_000)));
  }
}
