package dev.fetchwell.policy;

import dev.fetchwell.http.FetchRequest;
import dev.fetchwell.internal.text.Checks;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/**
 * Keeps calls away for as long as an answer asked for it: after a 429 or 503 with {@code
 * Retry-After}, others of the same key wait until then. Immutable and thread-safe; what cools down
 * is known to the client, and a client made by {@code toBuilder()} knows of its own only.
 *
 * <p>Who waits holds no permit, and goes a little after that time, spread over a tenth of it, so
 * that not all come at once; who would wait beyond its deadline, or its {@code queueTimeout}, fails
 * at once with a {@code RateLimitExceededError}. The call that got the answer is retried, or not,
 * by its own policy. A success meanwhile ends nothing, and a shorter {@code Retry-After} shortens
 * nothing.
 *
 * <pre>{@code
 * CoolDown.by(request -> request.header("X-Tenant").orElse("none")).atMost(Duration.ofMinutes(5));
 * }</pre>
 */
public final class CoolDown {

  private static final Duration MOST = Duration.ofSeconds(60);
  private static final CoolDown PER_HOST = new CoolDown(FetchRequest::host, "host", MOST);

  private final Function<FetchRequest, String> key;
  private final String shown;
  private final Duration atMost;

  private CoolDown(Function<FetchRequest, String> key, String shown, Duration atMost) {
    this.key = key;
    this.shown = shown;
    this.atMost = atMost;
  }

  /** Calls to the same host, with its port, wait together. */
  public static CoolDown perHost() {
    return PER_HOST;
  }

  /**
   * Calls with the same key wait together, such as those of one tenant.
   *
   * @param key runs for each attempt, on the thread that has the call then, at first the caller's
   *     own; it must be quick and not block. If it throws, or gives null, the call ends with an
   *     {@code UnexpectedError}. A key is shown in errors, events and statistics: no secrets
   */
  public static CoolDown by(Function<FetchRequest, String> key) {
    return new CoolDown(Objects.requireNonNull(key, "key"), "a key of its own", MOST);
  }

  /**
   * The longest that an answer may keep others away, default 60 s. A longer {@code Retry-After}
   * counts as this: so a server that asks for a year is asked again after this time, by those that
   * have that much time. Raise it for a server whose waits are long and meant.
   */
  public CoolDown atMost(Duration longest) {
    return new CoolDown(key, shown, Checks.positive("atMost", longest));
  }

  /** The longest that an answer may keep others away. */
  public Duration atMost() {
    return atMost;
  }

  /** What waits together with this request. */
  public String keyOf(FetchRequest request) {
    return Objects.requireNonNull(key.apply(request), "the key of a cool-down");
  }

  /** Such as {@code CoolDown[by host, at most PT1M]}. */
  @Override
  public String toString() {
    return "CoolDown[by " + shown + ", at most " + atMost + "]";
  }
}
