package dev.fetchwell.policy;

import dev.fetchwell.http.FetchRequest;
import java.util.Objects;
import java.util.function.Function;

/**
 * Keeps calls away for as long as an answer asked for it: after a 429 or 503 with {@code
 * Retry-After}, others of the same key wait until then. Immutable and thread-safe; what cools down
 * is known to the client.
 *
 * <p>Who waits holds no permit; who would wait beyond its deadline fails at once with a {@code
 * RateLimitExceededError}.
 *
 * <pre>{@code
 * CoolDown.by(request -> request.header("X-Tenant").orElse("none"));
 * }</pre>
 */
public final class CoolDown {

  private static final CoolDown PER_HOST = new CoolDown(FetchRequest::host, "host");

  private final Function<FetchRequest, String> key;
  private final String shown;

  private CoolDown(Function<FetchRequest, String> key, String shown) {
    this.key = key;
    this.shown = shown;
  }

  /** Calls to the same host, with its port, wait together. */
  public static CoolDown perHost() {
    return PER_HOST;
  }

  /**
   * Calls with the same key wait together, such as those of one tenant.
   *
   * @param key runs for each attempt, on a thread of the client's, and must not block; if it
   *     throws, or gives null, the call ends with an {@code UnexpectedError}. A key may be shown in
   *     events and statistics: no secrets
   */
  public static CoolDown by(Function<FetchRequest, String> key) {
    return new CoolDown(Objects.requireNonNull(key, "key"), "a key of its own");
  }

  /** What waits together with this request. */
  public String keyOf(FetchRequest request) {
    return Objects.requireNonNull(key.apply(request), "the key of a cool-down");
  }

  @Override
  public String toString() {
    return "CoolDown[by " + shown + "]";
  }
}
