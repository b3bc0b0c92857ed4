package dev.fetchwell;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.http.Header;
import dev.fetchwell.http.HttpMethod;
import dev.fetchwell.http.RequestBody;
import dev.fetchwell.http.RequestUri;
import dev.fetchwell.http.UrlTemplate;
import dev.fetchwell.internal.pipeline.CallSettings;
import dev.fetchwell.json.JsonCodec;
import dev.fetchwell.policy.Checks;
import dev.fetchwell.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a {@link RequestSpec} collects, and how it becomes a request. Confined to one thread. */
final class RequestDraft {

  /** A caller's own could end a request early, and let its rest pass for another. */
  private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

  private static final Header ACCEPT_JSON = new Header("Accept", "application/json", false);

  private final ClientConfig config;
  private final String method;
  private final String url;
  private final Object[] variables;
  private final List<Header> headers = new ArrayList<>();
  private final List<String[]> query = new ArrayList<>();
  private final TimeLimits limits;

  /** Where the request was going before {@link #at}; the client's secrets go nowhere else. */
  private @Nullable RequestUri home;

  private RetryPolicy retry;
  private long maxResponseBytes;
  private boolean followsRedirects = true;
  private String tag = "";
  private @Nullable Supplier<RequestBody> body;

  /** The first thing found wrong with the request; told by the terminal call. */
  private @Nullable IllegalArgumentException problem;

  RequestDraft(ClientConfig config, String method, String url, Object[] variables) {
    this.config = config;
    this.method = Objects.requireNonNull(method, "method");
    this.url = Objects.requireNonNull(url, "url");
    this.variables = variables.clone();
    for (Object variable : variables) {
      Objects.requireNonNull(variable, "variable");
    }
    this.limits = new TimeLimits(config.timeouts());
    this.retry = config.retry();
    this.maxResponseBytes = config.maxResponseBytes();
  }

  private RequestDraft(RequestDraft other, String url, Object[] variables) {
    config = other.config;
    method = other.method;
    this.url = url;
    this.variables = variables;
    headers.addAll(other.headers);
    limits = other.limits.copy();
    home = other.home;
    retry = other.retry;
    maxResponseBytes = other.maxResponseBytes;
    followsRedirects = other.followsRedirects;
    tag = other.tag;
    body = other.body;
    problem = other.problem;
  }

  RequestDraft copy() {
    RequestDraft copy = new RequestDraft(this, url, variables);
    copy.query.addAll(query);
    return copy;
  }

  /** The same request elsewhere; an address that is wrong is told by the terminal call. */
  RequestDraft at(String elsewhere) {
    String literal = elsewhere.replace("{", "%7B").replace("}", "%7D");
    RequestDraft moved = new RequestDraft(this, literal, new Object[0]);
    moved.check(
        () -> {
          RequestUri from =
              home == null ? config.resolve(UrlTemplate.expand(url, variables)) : home;
          moved.home = from;
          if (!from.sameOrigin(config.resolve(literal))) {
            moved.headers.removeIf(Header::secret);
          }
        });
    return moved;
  }

  JsonCodec codec() {
    return config.codec();
  }

  String method() {
    return method;
  }

  /** The template, which holds no values yet, without its own query values and user info. */
  String shownUrl() {
    return RequestUri.redact(url);
  }

  TimeLimits limits() {
    return limits;
  }

  void addQuery(String name, String value) {
    query.add(new String[] {Objects.requireNonNull(name, "name"), value});
  }

  void addHeader(String name, String value, boolean secret) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
    check(
        () -> {
          if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                "header " + name + " is the client's to set (expected: set the body only)");
          }
          headers.add(new Header(name, value, secret || Header.isSensitive(name)));
        });
  }

  void setHeader(String name, String value, boolean secret) {
    headers.removeIf(header -> header.name().equalsIgnoreCase(name));
    addHeader(name, value, secret);
  }

  void body(Supplier<RequestBody> supplier) {
    body = supplier;
  }

  void retry(RetryPolicy policy) {
    retry = Objects.requireNonNull(policy, "retry");
  }

  void maxResponseBytes(long bytes) {
    maxResponseBytes = Checks.atLeast("maxResponseBytes", bytes, 0);
  }

  void followRedirects(boolean followed) {
    followsRedirects = followed;
  }

  void tag(String name) {
    tag = Objects.requireNonNull(name, "tag");
  }

  /** Runs something that finds the request illegal, and keeps that for the terminal call. */
  void check(Runnable step) {
    try {
      step.run();
    } catch (IllegalArgumentException illegal) {
      if (problem == null) {
        problem = illegal;
      }
    }
  }

  Optional<FetchRequest> toRequest() {
    try {
      return Optional.of(request(ReplyMode.PLAIN));
    } catch (IllegalArgumentException notToBeSent) {
      return Optional.empty();
    }
  }

  CallSettings settings(ReplyMode mode) {
    return new CallSettings(
        limits.build(),
        retry,
        maxResponseBytes,
        mode == ReplyMode.STREAM,
        mode == ReplyMode.RESPONSE,
        followsRedirects,
        tag);
  }

  /**
   * The request.
   *
   * @throws IllegalArgumentException if it cannot be sent as it is; the message is for the caller
   */
  FetchRequest request(ReplyMode mode) {
    if (problem != null) {
      throw problem;
    }
    RequestUri uri = target();
    boolean mayHaveSecrets = config.trusts(uri) && (home == null || home.sameOrigin(uri));
    List<Header> all = new ArrayList<>(headers);
    // What stands in the URL is nearer to the request than the client's own headers.
    uri.userInfo()
        .or(() -> mayHaveSecrets ? config.userInfo() : Optional.empty())
        .filter(info -> !has(headers, "Authorization"))
        .ifPresent(info -> all.add(BasicAuth.ofUserInfo(info)));
    for (Header header : config.headers()) {
      if (!has(all, header.name()) && (!header.secret() || mayHaveSecrets)) {
        all.add(header);
      }
    }
    if (mode == ReplyMode.JSON && !has(all, "Accept")) {
      all.add(ACCEPT_JSON);
    }
    return new FetchRequest(new HttpMethod(method), uri, all, encodedBody());
  }

  private RequestUri target() {
    RequestUri uri = config.resolve(UrlTemplate.expand(url, variables));
    for (String[] parameter : query) {
      uri = uri.withQuery(parameter[0], parameter[1]);
    }
    return uri;
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
      return body.get();
    } catch (RuntimeException | StackOverflowError thrown) {
      throw new IllegalArgumentException(
          "its body cannot be encoded: " + thrown.getClass().getSimpleName(), thrown);
    }
  }
}
