package dev.fetchwell.internal.call;

import dev.fetchwell.http.Header;
import dev.fetchwell.internal.pipeline.prepare.ScopedFilter;
import dev.fetchwell.internal.text.Framing;
import dev.fetchwell.policy.AdaptiveLimit;
import dev.fetchwell.policy.AddressGuard;
import dev.fetchwell.policy.CircuitBreakerPolicy;
import dev.fetchwell.policy.CoolDown;
import dev.fetchwell.policy.RateLimit;
import dev.fetchwell.policy.RateLimiter;
import dev.fetchwell.policy.TokenSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a client that are opt-in. Immutable; each method that takes a value gives a changed
 * copy. What a request may change is in {@code CallOptions}.
 */
public final class Resilience {

  private static final Resilience NONE = new Resilience();

  // Written only while a copy is made, before anybody else sees it.
  private @Nullable CircuitBreakerPolicy circuitBreaker;
  private @Nullable RateLimit rateLimit;
  private @Nullable RateLimit rateLimitPerHost;
  private @Nullable CoolDown coolDown;
  private @Nullable AdaptiveLimit adaptiveLimit;
  private @Nullable String deadlineHeader;
  private @Nullable TokenSource bearer;
  private @Nullable AddressGuard addressGuard;
  private List<RateLimiter> rateLimiters = List.of();
  private List<ScopedFilter> filters = List.of();
  private List<BiConsumer<ClientRuntime, RequestDraft>> beforeCall = List.of();

  private Resilience() {}

  private Resilience(Resilience other) {
    circuitBreaker = other.circuitBreaker;
    rateLimit = other.rateLimit;
    rateLimitPerHost = other.rateLimitPerHost;
    coolDown = other.coolDown;
    adaptiveLimit = other.adaptiveLimit;
    deadlineHeader = other.deadlineHeader;
    bearer = other.bearer;
    addressGuard = other.addressGuard;
    rateLimiters = other.rateLimiters;
    filters = other.filters;
    beforeCall = other.beforeCall;
  }

  /** No layer but those that every client has. */
  public static Resilience none() {
    return NONE;
  }

  /** When calls to a host are refused. */
  public Resilience circuitBreaker(CircuitBreakerPolicy value) {
    Resilience copy = new Resilience(this);
    copy.circuitBreaker = Objects.requireNonNull(value, "circuitBreaker");
    return copy;
  }

  /** How often attempts are sent, in all. */
  public Resilience rateLimit(RateLimit value) {
    Resilience copy = new Resilience(this);
    copy.rateLimit = Objects.requireNonNull(value, "rateLimit");
    return copy;
  }

  /** How often attempts are sent to one host. */
  public Resilience rateLimitPerHost(RateLimit value) {
    Resilience copy = new Resilience(this);
    copy.rateLimitPerHost = Objects.requireNonNull(value, "rateLimitPerHost");
    return copy;
  }

  /** Whether a Retry-After keeps other calls away. */
  public Resilience coolDown(CoolDown value) {
    Resilience copy = new Resilience(this);
    copy.coolDown = Objects.requireNonNull(value, "coolDown");
    return copy;
  }

  /** Whether the permits of a host follow how it does. */
  public Resilience adaptiveLimit(AdaptiveLimit value) {
    Resilience copy = new Resilience(this);
    copy.adaptiveLimit = Objects.requireNonNull(value, "adaptiveLimit");
    return copy;
  }

  /**
   * The header that tells the server how much time is left.
   *
   * @throws IllegalArgumentException if no header can have that name, or it is the client's to set
   */
  public Resilience deadlineHeader(String value) {
    Header unused = new Header(Objects.requireNonNull(value, "deadlineHeader"), "1", false);
    if (Framing.isSetBy(value) || value.equalsIgnoreCase("Host")) {
      throw new IllegalArgumentException(
          "deadlineHeader: "
              + value
              + " has a meaning of its own (expected: such as X-Timeout-Ms)");
    }
    Resilience copy = new Resilience(this);
    copy.deadlineHeader = value;
    return copy;
  }

  /** Where the bearer token comes from. */
  public Resilience bearer(TokenSource value) {
    Resilience copy = new Resilience(this);
    copy.bearer = Objects.requireNonNull(value, "bearer");
    return copy;
  }

  /** Which addresses may be connected to. */
  public Resilience addressGuard(AddressGuard value) {
    Resilience copy = new Resilience(this);
    copy.addressGuard = Objects.requireNonNull(value, "addressGuard");
    return copy;
  }

  /** A further limiter of the caller's own. */
  public Resilience rateLimiter(RateLimiter another) {
    Resilience copy = new Resilience(this);
    copy.rateLimiters = with(rateLimiters, Objects.requireNonNull(another, "rateLimiter"));
    return copy;
  }

  /** Another filter, which sees what those before it gave. */
  public Resilience filter(ScopedFilter another) {
    Resilience copy = new Resilience(this);
    copy.filters = with(filters, another);
    return copy;
  }

  /** Another hook, which is run by the terminal call with a request that it may change. */
  public Resilience beforeCall(BiConsumer<ClientRuntime, RequestDraft> another) {
    Resilience copy = new Resilience(this);
    copy.beforeCall = with(beforeCall, Objects.requireNonNull(another, "beforeCall"));
    return copy;
  }

  private static <T> List<T> with(List<T> known, T another) {
    List<T> more = new ArrayList<>(known);
    more.add(another);
    return List.copyOf(more);
  }

  /** When calls to a host are refused; null: never. */
  public @Nullable CircuitBreakerPolicy circuitBreaker() {
    return circuitBreaker;
  }

  /** How often attempts are sent, in all; null: no limit. */
  public @Nullable RateLimit rateLimit() {
    return rateLimit;
  }

  /** How often attempts are sent to one host; null: no limit. */
  public @Nullable RateLimit rateLimitPerHost() {
    return rateLimitPerHost;
  }

  /** Whether a Retry-After keeps other calls away; null: it does not. */
  public @Nullable CoolDown coolDown() {
    return coolDown;
  }

  /** Whether the permits of a host follow how it does; null: they do not. */
  public @Nullable AdaptiveLimit adaptiveLimit() {
    return adaptiveLimit;
  }

  /** The header that tells the server how much time is left; null: none. */
  public @Nullable String deadlineHeader() {
    return deadlineHeader;
  }

  /** Where the bearer token comes from; null: nowhere. */
  public @Nullable TokenSource bearer() {
    return bearer;
  }

  /** Which addresses may be connected to; null: any. */
  public @Nullable AddressGuard addressGuard() {
    return addressGuard;
  }

  /** Limiters of the caller's own. */
  public List<RateLimiter> rateLimiters() {
    return rateLimiters;
  }

  /** What changes requests before they are sent. */
  public List<ScopedFilter> filters() {
    return filters;
  }

  /** What changes requests when they are made. */
  public List<BiConsumer<ClientRuntime, RequestDraft>> beforeCall() {
    return beforeCall;
  }
}
