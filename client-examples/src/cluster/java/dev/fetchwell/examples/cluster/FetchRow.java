package dev.fetchwell.examples.cluster;

import dev.fetchwell.Outcome;
import dev.fetchwell.error.FetchError;
import dev.fetchwell.error.HttpStatusError;
import dev.fetchwell.http.FetchResponse;

/**
 * How the call for one URL ended, good or bad: a type that Flink serialises by itself.
 *
 * @param url as it was in the input
 * @param status 0 if none came
 * @param attempts how many requests were sent for it
 * @param bytes of the body
 * @param error the type of the error; empty if there was none
 * @param detail its message
 * @param client which JVM's client it was, as {@link ClientLease#name()} says
 * @param subtask which of the operator's subtasks
 */
public record FetchRow(
    String url,
    int status,
    int attempts,
    long bytes,
    String error,
    String detail,
    String client,
    int subtask) {

  static FetchRow of(String url, Outcome<Page> outcome, String client, int subtask) {
    return outcome.fold(
        page ->
            new FetchRow(
                url, page.status(), page.attempts(), page.bytes(), "", "", client, subtask),
        error ->
            new FetchRow(
                url,
                status(error),
                error.attempts(),
                0,
                error.getClass().getSimpleName(),
                String.valueOf(error.getMessage()),
                client,
                subtask));
  }

  /** For a call that was cancelled, which has no outcome. */
  static FetchRow cancelled(String url, String client, int subtask) {
    return new FetchRow(url, 0, 0, 0, "Cancelled", "given up by Flink", client, subtask);
  }

  private static int status(FetchError error) {
    return error instanceof HttpStatusError answered ? answered.status() : 0;
  }

  /** What is kept of an answer. */
  record Page(int status, int attempts, long bytes) {

    static Page of(FetchResponse response) {
      return new Page(response.status(), response.attempts(), response.body().length);
    }
  }
}
