package dev.fetchwell.http;

import java.util.Objects;

/**
 * A value together with the response that it was decoded from, for those who need its headers.
 *
 * @param value the value
 * @param response the response
 * @param <T> the value's type
 */
public record Decoded<T>(T value, FetchResponse response) {

  /** Creates a value with its response, such as for a test double. */
  public Decoded {
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(response, "response");
  }
}
