package dev.fetchwell;

import dev.fetchwell.http.TypeRef;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * The calls of {@link AsyncHttpClient}: short ones for JSON, and {@link RequestSpec} for the rest.
 *
 * <p>No method blocks or throws for a bad URL or a network failure: everything ends in the future,
 * which can be cancelled. {@code null} arguments throw at once.
 */
public sealed interface HttpCalls permits AsyncHttpClient {

  /**
   * Starts a request with any method.
   *
   * @param method the method's name, such as {@code "PROPFIND"}
   * @param url an absolute http(s) URL, or a path below the base URL; {@code {name}} is a place
   * @param variables a value for each place, in order, percent-encoded into it
   */
  RequestSpec request(String method, String url, Object... variables);

  /** Starts a GET. */
  default RequestSpec get(String url, Object... variables) {
    return request("GET", url, variables);
  }

  /** Starts a HEAD. */
  default RequestSpec head(String url, Object... variables) {
    return request("HEAD", url, variables);
  }

  /** Starts an OPTIONS. */
  default RequestSpec options(String url, Object... variables) {
    return request("OPTIONS", url, variables);
  }

  /** Starts a DELETE. */
  default RequestSpec delete(String url, Object... variables) {
    return request("DELETE", url, variables);
  }

  /** Starts a POST. */
  default RequestSpec post(String url, Object... variables) {
    return request("POST", url, variables);
  }

  /** Starts a PUT. */
  default RequestSpec put(String url, Object... variables) {
    return request("PUT", url, variables);
  }

  /** Starts a PATCH. */
  default RequestSpec patch(String url, Object... variables) {
    return request("PATCH", url, variables);
  }

  /** Gets a JSON document as a tree. */
  default CompletableFuture<JsonNode> getJson(String url) {
    return get(url).asJson();
  }

  /** Gets a JSON document as a value. */
  default <T> CompletableFuture<T> getJson(String url, Class<T> type) {
    return get(url).asJson(type);
  }

  /** Gets a JSON document as a value of a generic type. */
  default <T> CompletableFuture<T> getJson(String url, TypeRef<T> type) {
    return get(url).asJson(type);
  }

  /** Gets text. */
  default CompletableFuture<String> getString(String url) {
    return get(url).asString();
  }

  /** Gets bytes. */
  default CompletableFuture<byte[]> getBytes(String url) {
    return get(url).asBytes();
  }

  /** Posts a value as JSON. Not repeated if it may have been processed. */
  default <T> CompletableFuture<T> postJson(String url, Object body, Class<T> type) {
    return post(url).json(body).asJson(type);
  }

  /** Puts a value as JSON. */
  default <T> CompletableFuture<T> putJson(String url, Object body, Class<T> type) {
    return put(url).json(body).asJson(type);
  }

  /** Patches with a value as JSON. Not repeated if it may have been processed. */
  default <T> CompletableFuture<T> patchJson(String url, Object body, Class<T> type) {
    return patch(url).json(body).asJson(type);
  }
}
