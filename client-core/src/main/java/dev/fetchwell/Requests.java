package dev.fetchwell;

import dev.fetchwell.http.TypeRef;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/**
 * Makes requests: all that code which only calls needs to know of a client. {@link AsyncHttpClient}
 * is one; what changes each request on its way, or stands for a client in a test, can be another.
 *
 * <pre>{@code
 * Requests tenant =
 *     (method, url, variables) ->
 *         client.request(method, url, variables).header("X-Tenant", "north");
 * CompletableFuture<User> user = tenant.getJson("/users/7", User.class);
 * }</pre>
 */
@FunctionalInterface
public interface Requests {

  /**
   * Starts a request with any method; nothing is sent before a terminal method is called.
   *
   * @param method the method's name, such as {@code "PROPFIND"}
   * @param url an absolute http(s) URL, or a path below the base URL; {@code {name}} is a
   *     placeholder
   * @param variables a value for each placeholder, in order, percent-encoded into it
   */
  RequestSpec request(String method, String url, Object... variables);

  /** Starts a GET; see {@link #request}. */
  default RequestSpec get(String url, Object... variables) {
    return request("GET", url, variables);
  }

  /** Starts a HEAD; see {@link #request}. */
  default RequestSpec head(String url, Object... variables) {
    return request("HEAD", url, variables);
  }

  /** Starts an OPTIONS; see {@link #request}. */
  default RequestSpec options(String url, Object... variables) {
    return request("OPTIONS", url, variables);
  }

  /** Starts a DELETE; see {@link #request}. */
  default RequestSpec delete(String url, Object... variables) {
    return request("DELETE", url, variables);
  }

  /** Starts a POST; see {@link #request}. */
  default RequestSpec post(String url, Object... variables) {
    return request("POST", url, variables);
  }

  /** Starts a PUT; see {@link #request}. */
  default RequestSpec put(String url, Object... variables) {
    return request("PUT", url, variables);
  }

  /** Starts a PATCH; see {@link #request}. */
  default RequestSpec patch(String url, Object... variables) {
    return request("PATCH", url, variables);
  }

  /** Sends a GET and decodes the JSON as a tree; see {@link RequestSpec#asJson()}. */
  default CompletableFuture<JsonNode> getJson(String url) {
    return get(url).asJson();
  }

  /** Sends a GET and decodes the JSON as a value; see {@link RequestSpec#asJson(Class)}. */
  default <T> CompletableFuture<T> getJson(String url, Class<T> type) {
    return get(url).asJson(type);
  }

  /** Sends a GET for JSON of a generic type; see {@link RequestSpec#asJson(TypeRef)}. */
  default <T> CompletableFuture<T> getJson(String url, TypeRef<T> type) {
    return get(url).asJson(type);
  }

  /** Sends a GET for text; see {@link RequestSpec#asString}. */
  default CompletableFuture<String> getString(String url) {
    return get(url).asString();
  }

  /** Sends a GET for bytes; see {@link RequestSpec#asBytes}. */
  default CompletableFuture<byte[]> getBytes(String url) {
    return get(url).asBytes();
  }

  /**
   * Sends a POST with a value as JSON; see {@link RequestSpec#asJson(Class)}. It is not retried
   * once it may have been processed.
   */
  default <T> CompletableFuture<T> postJson(String url, Object body, Class<T> type) {
    return post(url).json(body).asJson(type);
  }

  /** Sends a PUT with a value as JSON; see {@link RequestSpec#asJson(Class)}. */
  default <T> CompletableFuture<T> putJson(String url, Object body, Class<T> type) {
    return put(url).json(body).asJson(type);
  }

  /**
   * Sends a PATCH with a value as JSON; see {@link RequestSpec#asJson(Class)}. It is not retried
   * once it may have been processed.
   */
  default <T> CompletableFuture<T> patchJson(String url, Object body, Class<T> type) {
    return patch(url).json(body).asJson(type);
  }
}
