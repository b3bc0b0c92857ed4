package dev.fetchwell.internal.call;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.internal.pipeline.CallOptions;
import dev.fetchwell.internal.text.BasicAuth;
import dev.fetchwell.internal.text.Framing;
import dev.fetchwell.internal.text.Printable;
import dev.fetchwell.internal.text.RequestUri;
import dev.fetchwell.internal.text.UrlTemplate;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.json.JsonCodecException;
import dev.fetchwell.observe.Progress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A request in the making, and how it becomes one. Confined to one thread. */
public final class RequestDraft {

  private static final String AUTHORIZATION = "Authorization";

  private final ClientConfig config;
  private final String method;
  private final String url;
  private final Object[] variables;

  /** Empty and immutable until there is one, as are the next two: most requests have none. */
  private List<Header> headers = List.of();

  private List<String[]> query = List.of();

  /** The names of parameters that the URL's own query may no longer have. */
  private Set<String> replaced = Set.of();

  /** Where the request was going before {@link #at}; the client's secrets go nowhere else. */
  private @Nullable URI home;

  /** Whether it went elsewhere on the way; who leads back from there gets no secrets of home. */
  private boolean leftHome;

  private CallOptions options;

  private @Nullable Supplier<RequestBody> body;
  private @Nullable Progress onUpload;

  /** The first thing found wrong with the request; told by the terminal call. */
  private @Nullable IllegalArgumentException problem;

  /** Whether the client's hooks had it, or one that it is a copy of. */
  private boolean prepared;

  /** What a hook threw; told by the terminal call. */
  private @Nullable Throwable hookFailure;

  /**
   * A request.
   *
   * @param config what its client was built with
   */
  public RequestDraft(ClientConfig config, String method, String url, Object[] variables) {
    this.config = config;
    this.method = Objects.requireNonNull(method, "method");
    this.url = Objects.requireNonNull(url, "url");
    Objects.requireNonNull(variables, "variables");
    // None can be changed, so they need no copy.
    this.variables = variables.length == 0 ? variables : variables.clone();
    for (Object variable : variables) {
      Objects.requireNonNull(variable, "variable");
    }
    this.options = config.options();
  }

  private RequestDraft(RequestDraft other, String url, Object[] variables) {
    config = other.config;
    method = other.method;
    this.url = url;
    this.variables = variables;
    headers = other.headers.isEmpty() ? List.of() : new ArrayList<>(other.headers);
    options = other.options;
    home = other.home;
    leftHome = other.leftHome;
    body = other.body;
    onUpload = other.onUpload;
    problem = other.problem;
    prepared = other.prepared;
    hookFailure = other.hookFailure;
  }

  /** The same request once more. */
  public RequestDraft copy() {
    RequestDraft copy = new RequestDraft(this, url, variables);
    copy.query = query.isEmpty() ? query : new ArrayList<>(query);
    copy.replaced = replaced.isEmpty() ? replaced : new HashSet<>(replaced);
    return copy;
  }

  /** The same request elsewhere; an address that is wrong is told by the terminal call. */
  public RequestDraft at(String elsewhere) {
    String literal = elsewhere.replace("{", "%7B").replace("}", "%7D");
    RequestDraft moved = new RequestDraft(this, literal, new Object[0]);
    moved.check(
        () -> {
          URI from = home == null ? config.resolve(UrlTemplate.expand(url, variables)).uri() : home;
          moved.home = from;
          if (!RequestUri.sameOrigin(from, config.resolve(literal).uri())) {
            moved.leftHome = true;
            moved.removeHeaders(
                header -> header.secret() || header.name().equalsIgnoreCase("Host"));
          }
        });
    return moved;
  }

  /** What encodes and decodes JSON. */
  public JsonCodec codec() {
    return config.codec();
  }

  String method() {
    return method;
  }

  boolean isIdempotent() {
    try {
      return HttpMethod.of(method).isIdempotent();
    } catch (IllegalArgumentException noMethod) {
      // The terminal call tells it.
      return false;
    }
  }

  /** The template, which holds no values yet, without its own query values and user info. */
  public String shownUrl() {
    try {
      config.resolve(url);
      return Printable.of(RequestUri.redact(url));
    } catch (IllegalArgumentException notAnAddress) {
      return RequestUri.printable(url);
    }
  }

  /** The path with its placeholders; empty if it has none. */
  String template() {
    return UrlTemplate.path(url, variables.length);
  }

  /** Changes what the call goes by. */
  public void options(UnaryOperator<CallOptions> change) {
    options = change.apply(options);
  }

  /**
   * What the call goes by.
   *
   * @throws IllegalArgumentException if its time limits contradict each other
   */
  CallOptions options() {
    return options.checked();
  }

  /** Another query parameter. */
  public void addQuery(String name, String value) {
    if (query.isEmpty()) {
      query = new ArrayList<>();
    }
    query.add(new String[] {Objects.requireNonNull(name, "name"), value});
  }

  /** Takes out the query parameters of a name, those of the URL too. */
  public void removeQuery(String name) {
    if (replaced.isEmpty()) {
      replaced = new HashSet<>();
    }
    replaced.add(Objects.requireNonNull(name, "name"));
    if (!query.isEmpty()) {
      query.removeIf(parameter -> parameter[0].equals(name));
    }
  }

  /** Another header. */
  public void addHeader(String name, String value, boolean secret) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    check(
        () -> {
          if (Framing.isSetBy(name)) {
            throw new IllegalArgumentException(
                "header " + name + " is the client's to set (expected: set the body only)");
          }
          Header header = new Header(name, value, secret || Header.isSensitive(name));
          if (headers.isEmpty()) {
            headers = new ArrayList<>();
          }
          headers.add(header);
        });
  }

  private void removeHeaders(Predicate<Header> which) {
    if (!headers.isEmpty()) {
      headers.removeIf(which);
    }
  }

  void addHeaderIfAbsent(String name, String value) {
    if (!has(headers, name) && !has(config.headers(), name)) {
      addHeader(name, value, false);
    }
  }

  /** A header in place of those of its name. */
  public void setHeader(String name, String value, boolean secret) {
    removeHeaders(header -> header.name().equalsIgnoreCase(name));
    addHeader(name, value, secret);
  }

  /** The body; asked for when the request is sent. */
  public void body(Supplier<RequestBody> supplier) {
    body = supplier;
  }

  /** Who is told how much of the body was written. */
  public void onUpload(Progress progress) {
    onUpload = Objects.requireNonNull(progress, "progress");
  }

  /** Runs something that finds the request illegal, and keeps that for the terminal call. */
  public void check(Runnable step) {
    try {
      step.run();
    } catch (IllegalArgumentException illegal) {
      if (problem == null) {
        problem = illegal;
      }
    }
  }

  boolean isPrepared() {
    return prepared;
  }

  void prepare() {
    prepared = true;
  }

  void failPreparing(Throwable thrown) {
    hookFailure = thrown;
  }

  /** What a hook of the client's threw when it had the request. */
  @Nullable Throwable hookFailure() {
    return hookFailure;
  }

  /** The request as it is now; empty if it cannot be sent. */
  public Optional<FetchRequest> toRequest() {
    try {
      return Optional.of(request(""));
    } catch (Throwable notToBeSent) {
      // Whatever it is, the terminal call tells it.
      return Optional.empty();
    }
  }

  /** What is wrong with a request that {@link #request} did not give. */
  static String problem(Throwable thrown) {
    String message = thrown.getMessage();
    return thrown instanceof IllegalArgumentException && message != null
        ? message
        : "a value of it threw " + thrown.getClass().getName();
  }

  /**
   * The request.
   *
   * @param accept what it accepts unless it says so itself; an empty string for nothing
   * @throws IllegalArgumentException if it cannot be sent as it is; the message is for the caller
   */
  FetchRequest request(String accept) {
    if (problem != null) {
      throw problem;
    }
    RequestUri uri =
        config.resolve(UrlTemplate.expand(url, variables)).withoutQuery(replaced).withQuery(query);
    boolean ledAway = leftHome || (home != null && !RequestUri.sameOrigin(home, uri.uri()));
    boolean mayHaveSecrets = config.trusts(uri.uri()) && !ledAway;
    List<Header> all = new ArrayList<>(headers.size() + config.headers().size() + 2);
    all.addAll(headers);
    // What stands in the URL is nearer to the request than the client's own headers.
    uri.userInfo()
        .or(() -> mayHaveSecrets ? config.userInfo() : Optional.empty())
        .filter(info -> !has(headers, AUTHORIZATION))
        .ifPresent(info -> all.add(new Header(AUTHORIZATION, BasicAuth.ofUserInfo(info), true)));
    for (Header header : config.headers()) {
      if (!has(all, header.name()) && (!header.secret() || mayHaveSecrets)) {
        all.add(header);
      }
    }
    if (!accept.isEmpty() && !has(all, "Accept")) {
      all.add(
          accept.equals(ReplyReaders.JSON)
              ? ReplyReaders.ACCEPT_JSON
              : new Header("Accept", accept, false));
    }
    FetchRequest made = new FetchRequest(HttpMethod.of(method), uri.uri(), all, encodedBody());
    return ledAway ? made.ledAway() : made;
  }

  private static boolean has(List<Header> headers, String name) {
    for (Header header : headers) {
      if (header.name().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable RequestBody encodedBody() {
    if (body == null) {
      return null;
    }
    try {
      RequestBody made = body.get();
      // One of the caller's own was not checked yet.
      Header unused = new Header("Content-Type", made.mediaType(), false);
      return onUpload == null ? made : new WatchedBody(made, onUpload);
    } catch (Throwable thrown) {
      boolean safe = thrown instanceof JsonCodecException;
      String why = safe ? thrown.getMessage() : thrown.getClass().getSimpleName();
      throw new IllegalArgumentException("its body cannot be encoded: " + why, thrown);
    }
  }

  /** Method, address and names of headers; no values, as they may be secret. */
  @Override
  public String toString() {
    String names = headers.stream().map(Header::name).distinct().collect(Collectors.joining(", "));
    return method + " " + shownUrl() + (names.isEmpty() ? "" : " [" + names + "]");
  }
}
