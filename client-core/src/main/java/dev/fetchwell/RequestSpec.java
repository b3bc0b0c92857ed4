package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.Multipart;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.policy.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One request in the making; confined to one thread until a terminal call, which may be repeated.
 *
 * <p>What is wrong with the request itself (a bad header, a missing template value, a body that
 * cannot be encoded) ends the terminal's future with an {@code InvalidRequestError}; illegal knobs
 * and {@code null} throw at once.
 *
 * <pre>{@code
 * client.get("/users/{id}/orders", 7).query("state", "open").timeout(Duration.ofSeconds(2)).asJson();
 * }</pre>
 */
public final class RequestSpec {

  private final ClientParts client;
  private final RequestDraft draft;

  RequestSpec(ClientParts client, RequestDraft draft) {
    this.client = client;
    this.draft = draft;
  }

  /** Adds a query parameter, percent-encoded. */
  public RequestSpec query(String name, Object value) {
    draft.addQuery(name, String.valueOf(Objects.requireNonNull(value, "value")));
    return this;
  }

  /** Adds a header; takes the place of the client's header of that name. */
  public RequestSpec header(String name, String value) {
    draft.addHeader(name, value, false);
    return this;
  }

  /** Adds a header that is shown nowhere and dropped when a redirect leads to another origin. */
  public RequestSpec secretHeader(String name, String value) {
    draft.addHeader(name, value, true);
    return this;
  }

  /** Sends {@code Authorization: Bearer}. */
  public RequestSpec bearer(String token) {
    draft.setHeader("Authorization", "Bearer " + Objects.requireNonNull(token, "token"), true);
    return this;
  }

  /** Sends {@code Authorization: Basic}, in UTF-8. */
  public RequestSpec basicAuth(String user, String password) {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(password, "password");
    draft.setHeader("Authorization", BasicAuth.value(user, password), true);
    return this;
  }

  /** Sends {@code Accept}; {@code asJson} sends {@code application/json} without it. */
  public RequestSpec accept(String mediaType) {
    draft.setHeader("Accept", mediaType, false);
    return this;
  }

  /** Sends a value as JSON; it is encoded by the terminal call. */
  public RequestSpec json(Object value) {
    Objects.requireNonNull(value, "value");
    draft.body(() -> RequestBody.of(draft.codec().encode(value), "application/json"));
    return this;
  }

  /** Sends form fields; a value that is an {@code Iterable} gives a field for each element. */
  public RequestSpec form(Map<String, ?> fields) {
    byte[] encoded = FormEncoding.encode(fields);
    draft.body(() -> RequestBody.of(encoded, "application/x-www-form-urlencoded"));
    return this;
  }

  /** Sends {@code multipart/form-data}. */
  public RequestSpec multipart(Consumer<Multipart> parts) {
    Multipart multipart = new Multipart();
    draft.check(() -> parts.accept(multipart));
    draft.body(multipart::build);
    return this;
  }

  /** Sends bytes, which are copied. */
  public RequestSpec body(byte[] bytes, String mediaType) {
    return body(() -> RequestBody.of(bytes, mediaType));
  }

  /** Sends a file, read anew on each attempt. */
  public RequestSpec body(Path file, String mediaType) {
    return body(() -> RequestBody.of(file, mediaType));
  }

  private RequestSpec body(Supplier<RequestBody> source) {
    draft.check(
        () -> {
          RequestBody body = source.get();
          draft.body(() -> body);
        });
    return this;
  }

  /** The time for the whole call, in place of the client's. */
  public RequestSpec timeout(Duration total) {
    draft.limits().timeout(total);
    return this;
  }

  /** The time for one attempt, in place of the client's. */
  public RequestSpec attemptTimeout(Duration attempt) {
    draft.limits().attemptTimeout(attempt);
    return this;
  }

  /** The longest silence in a streamed body, in place of the client's. */
  public RequestSpec idleTimeout(Duration idle) {
    draft.limits().idleTimeout(idle);
    return this;
  }

  /** What is tried again, in place of the client's policy. */
  public RequestSpec retry(RetryPolicy policy) {
    draft.retry(policy);
    return this;
  }

  /** One attempt only. */
  public RequestSpec noRetry() {
    return retry(RetryPolicy.none());
  }

  /** Sends {@code Idempotency-Key}, which makes any method safe to try again. */
  public RequestSpec idempotencyKey(String key) {
    draft.setHeader("Idempotency-Key", key, false);
    return this;
  }

  /** Sends a random {@code Idempotency-Key}, the same on every attempt. */
  public RequestSpec idempotencyKey() {
    return idempotencyKey(UUID.randomUUID().toString());
  }

  /** The largest body kept in memory, in bytes, in place of the client's. */
  public RequestSpec maxResponseBytes(long bytes) {
    draft.maxResponseBytes(bytes);
    return this;
  }

  /** Whether redirects are followed, default true; if not, a 3xx is the answer, as it is. */
  public RequestSpec followRedirects(boolean followed) {
    draft.followRedirects(followed);
    return this;
  }

  /** A name for listeners and metrics; of few different values, such as a route. */
  public RequestSpec tag(String name) {
    draft.tag(name);
    return this;
  }

  /** A copy that goes its own way from here. */
  public RequestSpec copy() {
    return new RequestSpec(client, draft.copy());
  }

  /**
   * A copy for another address, such as the next page: without this one's query parameters, and
   * without secret headers if the origin is another.
   *
   * @param url absolute, or below the base URL; {@code {name}} is no place in it
   */
  public RequestSpec at(String url) {
    return new RequestSpec(client, draft.at(url));
  }

  /** What would be sent now, less what a terminal call adds; empty if that cannot be sent. */
  public Optional<FetchRequest> toRequest() {
    return draft.toRequest();
  }

  /** What its client encodes and decodes JSON with. */
  public JsonCodec codec() {
    return draft.codec();
  }

  /** The body as a JSON tree. */
  public CompletableFuture<JsonNode> asJson() {
    return asJson(JsonNode.class);
  }

  /** The body as a value; a {@code DecodeError} if it is empty, no JSON, or {@code null}. */
  public <T> CompletableFuture<T> asJson(Class<T> type) {
    return client.send(draft, ReplyMode.JSON, Terminals.json(draft.codec(), type));
  }

  /** The body as a value of a generic type. */
  public <T> CompletableFuture<T> asJson(TypeRef<T> type) {
    return client.send(draft, ReplyMode.JSON, Terminals.json(draft.codec(), type.type()));
  }

  /** The body as a value of a generic type, together with the response. */
  public <T> CompletableFuture<Decoded<T>> asDecoded(TypeRef<T> type) {
    return client.send(draft, ReplyMode.JSON, Terminals.decoded(draft.codec(), type.type()));
  }

  /** The body as text, in the charset of {@code Content-Type}, else UTF-8. */
  public CompletableFuture<String> asString() {
    return client.send(draft, ReplyMode.PLAIN, Terminals.STRING);
  }

  /** The body as bytes. */
  public CompletableFuture<byte[]> asBytes() {
    return client.send(draft, ReplyMode.PLAIN, Terminals.BYTES);
  }

  /** Success or failure; the body is read and dropped. */
  public CompletableFuture<@Nullable Void> asVoid() {
    return client.send(draft, ReplyMode.PLAIN, Terminals.VOID);
  }

  /** The value or the {@link FetchError}, as a value; completes exceptionally only if cancelled. */
  public <T> CompletableFuture<Outcome<T>> asOutcome(Class<T> type) {
    return Outcomes.of(asJson(type));
  }

  /** {@link #asOutcome(Class)} for a generic type. */
  public <T> CompletableFuture<Outcome<T>> asOutcome(TypeRef<T> type) {
    return Outcomes.of(asJson(type));
  }

  /** The whole response, whatever its status, once retries have ended. */
  public CompletableFuture<FetchResponse> asResponse() {
    return client.send(draft, ReplyMode.RESPONSE, Terminals.RESPONSE);
  }

  /** The response at its headers, with its body still to come; a status from 400 is an error. */
  public CompletableFuture<StreamedResponse> asStream() {
    return client.send(draft, ReplyMode.STREAM, Terminals.STREAM);
  }
}
