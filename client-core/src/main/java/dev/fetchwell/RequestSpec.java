package dev.fetchwell;

import dev.fetchwell.error.FetchError;
import dev.fetchwell.http.Decoded;
import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.FetchResponse;
import dev.fetchwell.http.Multipart;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.http.TypeRef;
import dev.fetchwell.internal.call.ClientRuntime;
import dev.fetchwell.internal.call.ReplyReaders;
import dev.fetchwell.internal.call.RequestAccess;
import dev.fetchwell.internal.call.RequestDraft;
import dev.fetchwell.internal.text.BasicAuth;
import dev.fetchwell.internal.text.FormEncoding;
import dev.fetchwell.internal.text.MediaCharset;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.observe.Progress;
import dev.fetchwell.policy.HedgePolicy;
import dev.fetchwell.policy.RetryPolicy;
import java.io.InputStream;
import java.lang.reflect.Type;
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
 * One request in the making; confined to one thread. Nothing is sent before a terminal method is
 * called, one whose name begins with {@code as}; calling one again sends the request again.
 *
 * <pre>{@code
 * client.get("/users/{id}/orders", 7).query("state", "open").timeout(Duration.ofSeconds(2)).asJson();
 * }</pre>
 *
 * <p>A terminal method encodes the body on its own thread, sends the request, and returns at once.
 * Its future completes on the call's own thread, or on the client's executor if it has one, after
 * the permits and all else that the call held were given back; so dependents may block. After a
 * timeout that thread is a platform thread of the library's; a call that is refused at once
 * completes on the caller's thread. Cancelling the future cancels the call, down to the wire.
 *
 * <p>It fails with a {@link FetchError}, or with a {@code CancellationException} if it was
 * cancelled. What is wrong with the request itself (a bad header, a missing template value, a body
 * that cannot be encoded) is an {@code InvalidRequestError}; illegal knobs and {@code null} throw
 * at once.
 */
public final class RequestSpec {

  static {
    RequestAccess.provide(spec -> ((RequestSpec) spec).client, spec -> ((RequestSpec) spec).draft);
  }

  private final ClientRuntime client;
  private final RequestDraft draft;

  RequestSpec(ClientRuntime client, RequestDraft draft) {
    this.client = client;
    this.draft = draft;
  }

  /** Adds a query parameter, percent-encoded; may be repeated. A null value is left out. */
  public RequestSpec query(String name, @Nullable Object value) {
    Objects.requireNonNull(name, "name");
    if (value != null) {
      draft.addQuery(name, String.valueOf(value));
    }
    return this;
  }

  /**
   * A query parameter in place of those of its name, whether {@link #query} added them or they
   * stand in the URL; null removes them.
   */
  public RequestSpec setQuery(String name, @Nullable Object value) {
    draft.removeQuery(name);
    return query(name, value);
  }

  /** Adds a header, which replaces the client's header of that name. */
  public RequestSpec header(String name, String value) {
    draft.addHeader(name, value, false);
    return this;
  }

  /** Adds a header that is shown nowhere and dropped when a redirect leads to another origin. */
  public RequestSpec secretHeader(String name, String value) {
    draft.addHeader(name, value, true);
    return this;
  }

  /** Sends {@code Authorization: Bearer}, as a secret header. */
  public RequestSpec bearer(String token) {
    draft.setHeader("Authorization", "Bearer " + Objects.requireNonNull(token, "token"), true);
    return this;
  }

  /** Sends {@code Authorization: Basic}, in UTF-8, as a secret header. */
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
    Objects.requireNonNull(fields, "fields");
    byte[] encoded = FormEncoding.encode(fields);
    draft.body(() -> RequestBody.of(encoded, "application/x-www-form-urlencoded"));
    return this;
  }

  /** Sends {@code multipart/form-data}; the function adds the parts, on this thread and at once. */
  public RequestSpec multipart(Consumer<Multipart> parts) {
    Objects.requireNonNull(parts, "parts");
    Multipart multipart = new Multipart();
    draft.check(() -> parts.accept(multipart));
    // Built once, so that its boundary is the same each time that it is sent or shown.
    return body(multipart::build);
  }

  /** Sends bytes, which are copied. */
  public RequestSpec body(byte[] bytes, String mediaType) {
    return body(() -> RequestBody.of(bytes, mediaType));
  }

  /** Sends a file, which is read again on each attempt. */
  public RequestSpec body(Path file, String mediaType) {
    return body(() -> RequestBody.of(file, mediaType));
  }

  /** Sends text, in the charset that the media type names, else in UTF-8. */
  public RequestSpec body(String text, String mediaType) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(mediaType, "mediaType");
    return body(text.getBytes(MediaCharset.of(mediaType)), mediaType);
  }

  /**
   * Sends what a stream gives, which is opened again for each attempt, on the call's own thread,
   * and closed. What the supplier or the stream throws ends the call with an {@code
   * InvalidRequestError}, as does a stream of another length.
   *
   * <pre>{@code
   * client.put("/blob").body(() -> blob.open(), blob.size(), "image/png").asVoid();
   * }</pre>
   *
   * @param length the number of bytes, or -1 if it is not known: then it is sent in chunks
   */
  public RequestSpec body(Supplier<? extends InputStream> source, long length, String mediaType) {
    return body(() -> RequestBody.of(source, length, mediaType));
  }

  /** Sends a body of your own, which is written again on each attempt, on the call's own thread. */
  public RequestSpec body(RequestBody body) {
    Objects.requireNonNull(body, "body");
    draft.body(() -> body);
    return this;
  }

  /**
   * Is told how many bytes of the body were handed to the connection, on the call's own thread;
   * from the start again on each attempt. What it throws is logged. It must not block.
   *
   * @param progress gets the bytes of this attempt, and those in all, or -1 if that is not known
   */
  public RequestSpec onUploadProgress(Progress progress) {
    draft.onUpload(progress);
    return this;
  }

  private RequestSpec body(Supplier<RequestBody> source) {
    draft.check(
        () -> {
          RequestBody body = source.get();
          draft.body(() -> body);
        });
    return this;
  }

  /** The time for the whole call, decoding included, in place of the client's. */
  public RequestSpec timeout(Duration total) {
    draft.options(options -> options.timeout(total));
    return this;
  }

  /**
   * The time for one attempt, from its permit to its value, in place of the client's; while a
   * request body is sent, for a silence in that, and then for the answer.
   */
  public RequestSpec attemptTimeout(Duration attempt) {
    draft.options(options -> options.attemptTimeout(attempt));
    return this;
  }

  /** The longest silence in a streamed body, in place of the client's. */
  public RequestSpec idleTimeout(Duration idle) {
    draft.options(options -> options.idleTimeout(idle));
    return this;
  }

  /** What is tried again, in place of the client's policy. */
  public RequestSpec retry(RetryPolicy policy) {
    draft.options(options -> options.retry(policy));
    return this;
  }

  /** One attempt only. */
  public RequestSpec noRetry() {
    return retry(RetryPolicy.none());
  }

  /** Sends {@code Idempotency-Key}: any method may be retried then; the server must honour it. */
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
    draft.options(options -> options.maxResponseBytes(bytes));
    return this;
  }

  /** Whether redirects are followed, default true; if not, a 3xx is the answer. */
  public RequestSpec followRedirects(boolean followed) {
    draft.options(options -> options.followRedirects(followed));
    return this;
  }

  /** A name for listeners and metrics, with few different values, such as a route. */
  public RequestSpec tag(String name) {
    draft.options(options -> options.tag(name));
    return this;
  }

  /**
   * When a slow attempt gets another one beside it, in place of the client's policy; {@link
   * HedgePolicy#none()}: never.
   */
  public RequestSpec hedge(HedgePolicy policy) {
    draft.options(options -> options.hedge(policy));
    return this;
  }

  /**
   * Whether this GET or HEAD shares the answer of an identical one that runs already, or lets one
   * share its own; in place of what the client says. Streams never share.
   */
  public RequestSpec singleFlight(boolean shared) {
    draft.options(options -> options.singleFlight(shared));
    return this;
  }

  /** A copy, independent of this request from here on. */
  public RequestSpec copy() {
    return new RequestSpec(client, draft.copy());
  }

  /**
   * A copy for another address, such as the next page: without this one's query parameters, and
   * without secret headers if the origin is another. The client's own secret headers do not come
   * back on a further copy that leads home from there; the first request still has them.
   *
   * @param url absolute, or below the base URL; braces in it are not placeholders
   */
  public RequestSpec at(String url) {
    return new RequestSpec(client, draft.at(Objects.requireNonNull(url, "url")));
  }

  /** What would be sent now, without what a terminal method adds; empty if it cannot be sent. */
  public Optional<FetchRequest> toRequest() {
    return draft.toRequest();
  }

  /** What its client encodes and decodes JSON with. */
  public JsonCodec codec() {
    return draft.codec();
  }

  /**
   * Sends the request and decodes the body as a JSON tree of Jackson 3. The future completes on the
   * call's own thread (or the client's executor) after everything was given back; it fails with a
   * {@link FetchError}. Cancelling it cancels the call.
   */
  public CompletableFuture<JsonNode> asJson() {
    return client.send(draft, ReplyReaders.jsonTree(draft.codec(), () -> JsonNode.class));
  }

  /**
   * Sends the request and decodes the JSON body as a value; see {@link #asJson()}. A body that is
   * empty, the literal {@code null}, or cannot be decoded is a {@code DecodeError}.
   */
  public <T> CompletableFuture<T> asJson(Class<T> type) {
    return client.send(draft, ReplyReaders.json(draft.codec(), type));
  }

  /**
   * Sends the request and decodes the JSON body as a value of a generic type, such as {@code new
   * TypeRef<List<User>>() {}}; see {@link #asJson(Class)}.
   */
  public <T> CompletableFuture<T> asJson(TypeRef<T> type) {
    return client.send(
        draft, ReplyReaders.json(draft.codec(), Objects.requireNonNull(type, "type").type()));
  }

  /** Sends the request and decodes the body; see {@link #asDecoded(TypeRef)}. */
  public <T> CompletableFuture<Decoded<T>> asDecoded(Class<T> type) {
    return client.send(draft, ReplyReaders.decoded(draft.codec(), type));
  }

  /**
   * Sends the request and decodes the JSON body as a value, which comes together with its response,
   * such as for a header of it; all else is as in {@link #asJson(Class)}.
   */
  public <T> CompletableFuture<Decoded<T>> asDecoded(TypeRef<T> type) {
    Type asked = Objects.requireNonNull(type, "type").type();
    return client.send(draft, ReplyReaders.decoded(draft.codec(), asked));
  }

  /**
   * Sends the request and makes a value of the response with a function of yours, as a part of the
   * call: on its own thread, under its permits, its attempt timeout and its deadline. What the
   * function throws, or that it gives null, is a {@code DecodeError}, which {@code retryIf} sees; a
   * {@link FetchError} of its own passes as it is. All else is as in {@link #asString}.
   *
   * <pre>{@code
   * client.get("/report.csv").accept("text/csv").as(response -> response.text().lines().toList());
   * }</pre>
   */
  public <T> CompletableFuture<T> as(BodyReader<T> reader) {
    Objects.requireNonNull(reader, "reader");
    return client.send(draft, ReplyReaders.made(draft.codec(), BodyReader.class, reader::read));
  }

  /**
   * Sends the request and gives the body as text, in the charset of {@code Content-Type}, else
   * UTF-8. The future completes on the call's own thread (or the client's executor) after
   * everything was given back; it fails with a {@link FetchError}. Cancelling it cancels the call.
   */
  public CompletableFuture<String> asString() {
    return client.send(draft, ReplyReaders.STRING);
  }

  /** Sends the request and gives the body as bytes; all else is as in {@link #asString}. */
  public CompletableFuture<byte[]> asBytes() {
    return client.send(draft, ReplyReaders.BYTES);
  }

  /** Sends the request, reads the body and drops it; all else is as in {@link #asString}. */
  public CompletableFuture<@Nullable Void> asVoid() {
    return client.send(draft, ReplyReaders.VOID);
  }

  /**
   * Sends the request and gives the value, or the {@link FetchError}, as an {@link Outcome}. The
   * future completes on the call's own thread (or the client's executor) after everything was given
   * back; it completes exceptionally only if it was cancelled. Cancelling it cancels the call.
   */
  public <T> CompletableFuture<Outcome<T>> asOutcome(Class<T> type) {
    return Outcome.of(asJson(type));
  }

  /** Sends the request and gives the value of a generic type; see {@link #asOutcome(Class)}. */
  public <T> CompletableFuture<Outcome<T>> asOutcome(TypeRef<T> type) {
    return Outcome.of(asJson(type));
  }

  /**
   * Sends the request and gives the whole response; no status is an error, once retries have ended.
   * All else is as in {@link #asString}.
   */
  public CompletableFuture<FetchResponse> asResponse() {
    return client.send(draft, ReplyReaders.response(draft.codec()));
  }

  /**
   * Sends the request and gives the response at its headers, with its body still to come; a status
   * from 400 on is an error. The future completes on the call's own thread (or the client's
   * executor); it fails with a {@link FetchError} after everything was given back. Cancelling it
   * cancels the call. The response holds the permits and the connection until its body has ended:
   * read it or close it.
   */
  public CompletableFuture<StreamedResponse> asStream() {
    return client.send(draft, StreamedResponse.reader());
  }

  /** Method, address and names of headers; no values, as they may be secret. */
  @Override
  public String toString() {
    return draft.toString();
  }
}
