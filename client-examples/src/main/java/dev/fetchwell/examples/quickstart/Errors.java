package dev.fetchwell.examples.quickstart;

import dev.fetchwell.Outcome;
import dev.fetchwell.RequestSpec;
import dev.fetchwell.error.FetchError;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Errors as values: nothing is thrown, nothing is caught. */
public final class Errors {

  private Errors() {}

  /** How a request for JSON fails, or null if it does not. */
  public static @Nullable FetchError of(RequestSpec request) {
    Outcome<JsonNode> outcome = request.asOutcome(JsonNode.class).join();
    return outcome instanceof Outcome.Failure<JsonNode> failure ? failure.error() : null;
  }
}
