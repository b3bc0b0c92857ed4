package dev.fetchwell;

import dev.fetchwell.http.FetchResponse;

/**
 * Makes a value of a response, such as of XML or CSV; see {@link RequestSpec#as}.
 *
 * <pre>{@code
 * BodyReader<List<String>> lines = response -> response.text().lines().toList();
 * }</pre>
 *
 * <p>It is part of the call: it runs on the call's own thread, where it may block and compute,
 * under the call's permits, its attempt timeout and its deadline; once for each attempt whose
 * status is below 400. A reader that several calls share must be thread-safe.
 *
 * @param <T> what it makes
 */
@FunctionalInterface
public interface BodyReader<T> {

  /**
   * The value; null is a {@code DecodeError}.
   *
   * @throws Exception if the body is not what was asked for: the call ends with a {@code
   *     DecodeError} whose cause it is; a {@code FetchError} ends the call as it is
   */
  T read(FetchResponse response) throws Exception;
}
